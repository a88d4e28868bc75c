export { ArchivePanel, type ArchivePanelProps } from './ArchivePanel'
export { ArchiveTab } from './ArchiveTab'
export { openArchive } from './open'
export { ToArchive } from './ToArchive'
