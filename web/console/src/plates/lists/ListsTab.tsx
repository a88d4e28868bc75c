export function ListsTab() {
  return null
}
