/** What the centre tells a tablet: the parts of its views that this app reads. */

export interface Words {
  kk: string;
  ru: string;
  en: string;
}

export type Priority = "emergency" | "urgent" | "routine" | "information";

export interface Site {
  id: string;
  kind: string;
  name: Words;
  lon: number;
  lat: number;
  address: string | Words | null;
  plan: Record<string, unknown> | null;
}

export type Step = "assigned" | "en_route" | "on_scene" | "released";

export interface Assignment {
  unit_id: string;
  call_sign: string;
  status: Step;
  assigned_at: string;
  en_route_at: string | null;
  on_scene_at: string | null;
  released_at: string | null;
  eta_s: number | null;
  metres: number | null;
  estimated: boolean;
}

export interface Incident {
  id: string;
  number: number;
  class: string;
  priority: Priority;
  state: "open" | "dispatched" | "on_scene" | "closed";
  place: { lon: number; lat: number; label: Words; site_id: string | null; site: Site | null };
  title: Words | string;
  callers: { name: string | null; phone: string | null }[];
  assignments: Assignment[];
  times: Record<string, string | null>;
  result: string | null;
}

export type UnitStatus = "available" | "assigned" | "en_route" | "on_scene" | "busy" | "off_shift" | "unavailable";

export interface Unit {
  id: string;
  region: string;
  call_sign: string;
  kind: string;
  vehicle: string | null;
  crew: string[];
  status: UnitStatus;
  since: string;
  silent: boolean;
  shift: { started_at: string } | null;
  incident_id: string | null;
}

/** An entry of the centre's journal, as the live feed carries it. */
export interface LiveEvent {
  type: "event";
  seq: number;
  id: string;
  at: string;
  kind: string;
  actor: string;
  changed: { units?: Unit[]; incidents?: Incident[]; [other: string]: unknown };
  gone: { incidents?: string[]; [other: string]: unknown };
}

export interface LiveSnapshot {
  type: "snapshot";
  seq: number;
  unit: Unit | null;
  incidents: Incident[];
}

export type LiveMessage = LiveSnapshot | LiveEvent | { type: "ping"; at: string };
