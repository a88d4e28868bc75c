export function CamerasTab() {
  return null
}
