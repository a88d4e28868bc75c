import { useEffect, useState } from 'react'

export interface Taken {
  stream: MediaStream | null
  /** Nothing could be had, or it went away. */
  failed: boolean
}

const NOTHING: Taken = { stream: null, failed: false }

/** Microphone (and camera) while `wanted`; let go of as soon as it is not. */
export function useMicrophone(wanted: boolean, video: MediaTrackConstraints | false = false): Taken {
  const [taken, setTaken] = useState(NOTHING)
  const shape = JSON.stringify(video)
  useEffect(() => {
    if (!wanted) return
    let mine: MediaStream | null = null
    let gone = false
    const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
    const take = async (): Promise<void> => {
      const camera = JSON.parse(shape) as MediaTrackConstraints | false
      try {
        mine = await get(camera, audio)
      } catch {
        if (!gone) setTaken({ stream: null, failed: true })
        return
      }
      if (gone) return stop(mine)
      for (const track of mine.getTracks()) track.onended = () => setTaken({ stream: null, failed: true })
      setTaken({ stream: mine, failed: false })
    }
    void take()
    return () => {
      gone = true
      stop(mine)
      setTaken(NOTHING)
    }
  }, [wanted, shape])
  return taken
}

/** Both; else what there is of them. */
async function get(video: MediaTrackConstraints | false, audio: MediaTrackConstraints): Promise<MediaStream> {
  const { mediaDevices } = navigator
  try {
    return await mediaDevices.getUserMedia({ audio, video })
  } catch (error) {
    if (video === false) throw error
  }
  try {
    return await mediaDevices.getUserMedia({ video })
  } catch {
    return await mediaDevices.getUserMedia({ audio })
  }
}

const stop = (stream: MediaStream | null): void => stream?.getTracks().forEach((track) => track.stop())
