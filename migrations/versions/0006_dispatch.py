"""Dispatch: incidents, their alarms, the units sent, likely duplicates, daily numbers.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- The last number given on a region's local day.
        CREATE TABLE incident_day (
            region text NOT NULL,
            day date NOT NULL,
            last integer NOT NULL,
            PRIMARY KEY (region, day)
        );

        CREATE TABLE incident (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            day date NOT NULL,
            number integer NOT NULL CHECK (number > 0),
            class text NOT NULL,
            priority text NOT NULL CHECK (priority IN ('emergency', 'urgent', 'routine', 'information')),
            lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
            lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
            place_known boolean NOT NULL,
            label jsonb NOT NULL,
            title jsonb NOT NULL,
            site_id uuid,
            site jsonb,
            callers jsonb NOT NULL DEFAULT '[]',
            units_wanted smallint NOT NULL DEFAULT 1,
            opened_by text NOT NULL,
            result text CHECK (result IN
                ('resolved', 'false_alarm', 'duplicate', 'no_offence', 'handed_over', 'cancelled')),
            result_text text,
            joined_into uuid REFERENCES incident (id),
            received_at timestamptz NOT NULL,
            opened_at timestamptz NOT NULL,
            answered_at timestamptz,
            dispatched_at timestamptz,
            en_route_at timestamptz,
            on_scene_at timestamptz,
            closed_at timestamptz,
            UNIQUE (region, day, number),
            CHECK ((closed_at IS NULL) = (result IS NULL)),
            CHECK (joined_into IS NULL OR closed_at IS NOT NULL)
        );
        CREATE INDEX incident_open ON incident (region, opened_at) WHERE closed_at IS NULL;
        CREATE INDEX incident_open_site ON incident (region, site_id) WHERE closed_at IS NULL;
        CREATE INDEX incident_closed ON incident (region, closed_at DESC, id DESC)
            WHERE closed_at IS NOT NULL;

        -- An alarm has at most one incident: the primary key says so.
        CREATE TABLE incident_alarm (
            alarm_id uuid PRIMARY KEY,
            incident_id uuid NOT NULL REFERENCES incident (id),
            place integer NOT NULL
        );
        CREATE INDEX incident_alarm_incident ON incident_alarm (incident_id, place);

        CREATE TABLE assignment (
            id uuid PRIMARY KEY,
            incident_id uuid NOT NULL REFERENCES incident (id),
            place integer NOT NULL,
            unit_id uuid NOT NULL,
            call_sign text NOT NULL,
            status text NOT NULL CHECK (status IN ('assigned', 'en_route', 'on_scene', 'released')),
            assigned_at timestamptz NOT NULL,
            en_route_at timestamptz,
            en_route_said timestamptz,
            on_scene_at timestamptz,
            on_scene_said timestamptz,
            released_at timestamptz,
            reason text,
            eta_s integer,
            metres integer,
            estimated boolean,
            CHECK ((status = 'released') = (released_at IS NOT NULL)),
            CHECK ((eta_s IS NULL) = (metres IS NULL) AND (eta_s IS NULL) = (estimated IS NULL))
        );
        CREATE INDEX assignment_incident ON assignment (incident_id, place);
        -- A unit is on one incident at a time, whatever two hands press at once.
        CREATE UNIQUE INDEX assignment_active ON assignment (unit_id) WHERE status <> 'released';

        -- Proposed duplicates; a pair stands once, the smaller id first.
        CREATE TABLE incident_likeness (
            one uuid NOT NULL REFERENCES incident (id),
            other uuid NOT NULL REFERENCES incident (id),
            score real NOT NULL,
            metres integer NOT NULL,
            seconds integer NOT NULL,
            same_class boolean NOT NULL,
            PRIMARY KEY (one, other),
            CHECK (one < other)
        );
        CREATE INDEX incident_likeness_other ON incident_likeness (other);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE incident_likeness, assignment, incident_alarm, incident, incident_day")
