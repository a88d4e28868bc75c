import type { ThemeName } from '../theme/tokens'

/** The basemap's own colours: low contrast by intent, so that units and incidents stand out. */
export interface MapPalette {
  land: string
  green: string
  water: string
  builtUp: string
  building: string
  buildingEdge: string
  minor: string
  street: string
  main: string
  casing: string
  rail: string
  border: string
  label: string
  labelDim: string
  labelWater: string
  labelHalo: string
}

export const palettes: Record<ThemeName, MapPalette> = {
  dark: {
    land: '#1a2028',
    green: '#1d2927',
    water: '#14242f',
    builtUp: '#1d242d',
    building: '#232b36',
    buildingEdge: '#2a3441',
    minor: '#2b3541',
    street: '#343f4d',
    main: '#435163',
    casing: '#161b22',
    rail: '#313b47',
    border: '#56657a',
    label: '#b4c0cf',
    labelDim: '#8b99aa',
    labelWater: '#6f93ab',
    labelHalo: '#171c23',
  },
  light: {
    land: '#eceff2',
    green: '#dbe6dc',
    water: '#c3d8e6',
    builtUp: '#e6eaee',
    building: '#dce1e7',
    buildingEdge: '#cdd4dc',
    minor: '#ffffff',
    street: '#ffffff',
    main: '#ffffff',
    casing: '#c8d0d9',
    rail: '#c3cbd4',
    border: '#8b98a8',
    label: '#364354',
    labelDim: '#5a6778',
    labelWater: '#3d6d8c',
    labelHalo: '#f2f4f7',
  },
}
