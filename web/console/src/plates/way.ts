/** 0…7 for the eight winds from degrees clockwise of north, the way the words are numbered; null for unknown. */
export const wayOf = (degrees: number | null): number | null => (degrees === null ? null : Math.round((((degrees % 360) + 360) % 360) / 45) % 8)
