"""Walls of cameras, what an incident opens, who turns a camera.

Revision ID: 0022
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- Cameras that a quiet day forbids, open for one incident. Either the site's own alarm opened them
        -- (alarm_id), or one person asked with a purpose and another one agreed; else nothing is in force.
        -- facts: {site, button, contacts, cameras} as they were then, which live screens show.
        CREATE TABLE camera_opening (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            incident_id uuid NOT NULL REFERENCES incident (id),
            site_id uuid NOT NULL,
            level text NOT NULL CHECK (level IN ('help', 'lockdown')),
            alarm_id uuid REFERENCES alarm (id),
            device_id uuid,
            facts jsonb NOT NULL,
            purpose text NOT NULL DEFAULT '',
            asked_by text,
            asked_at timestamptz,
            approved_by text,
            opened_at timestamptz,
            closed_at timestamptz,
            CHECK (opened_at IS NULL OR alarm_id IS NOT NULL
                   OR (purpose <> '' AND asked_by IS NOT NULL AND approved_by IS NOT NULL
                       AND approved_by <> asked_by))
        );
        CREATE UNIQUE INDEX camera_opening_once ON camera_opening (incident_id, site_id)
            WHERE closed_at IS NULL;
        CREATE INDEX camera_opening_region ON camera_opening (region) WHERE closed_at IS NULL;

        -- Its cameras in the order in which they stand on the wall; part: the site's own, or the street's.
        CREATE TABLE camera_opening_camera (
            opening_id uuid NOT NULL REFERENCES camera_opening (id) ON DELETE CASCADE,
            camera_id uuid NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
            place smallint NOT NULL,
            part text NOT NULL CHECK (part IN ('site', 'street')),
            PRIMARY KEY (opening_id, camera_id)
        );
        CREATE INDEX camera_opening_of_camera ON camera_opening_camera (camera_id);

        -- Where on its site's plan a button is: metres on the plan, as of cameras.
        CREATE TABLE button_place (
            device_id uuid PRIMARY KEY,
            region text NOT NULL,
            zone text NOT NULL
                CHECK (zone IN ('surroundings', 'entrance', 'stairs', 'classroom', 'corridor')),
            floor smallint NOT NULL,
            plan_x real NOT NULL,
            plan_y real NOT NULL
        );

        -- What a patrol must know of a site. contacts: [{name, post, phone}].
        -- floors: [{floor, outline [[x, y]], rooms [{name, zone, corners [[x, y]]}]}], metres.
        CREATE TABLE site_folder (
            site_id uuid PRIMARY KEY,
            region text NOT NULL,
            contacts jsonb NOT NULL DEFAULT '[]',
            floors jsonb NOT NULL DEFAULT '[]',
            updated_at timestamptz NOT NULL,
            updated_by text NOT NULL
        );

        -- Saved walls. tiles: camera ids or null, in the layout's order. shared: with the region's seats.
        CREATE TABLE camera_wall (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            account_id uuid NOT NULL,
            name text NOT NULL,
            layout text NOT NULL,
            tiles jsonb NOT NULL,
            shared boolean NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE INDEX camera_wall_shared ON camera_wall (region) WHERE shared;
        CREATE INDEX camera_wall_own ON camera_wall (account_id);

        -- Who turns a camera now. rank: the higher goes first (cameras.ptz.model).
        CREATE TABLE camera_ptz_lock (
            camera_id uuid PRIMARY KEY REFERENCES camera (id) ON DELETE CASCADE,
            account_id uuid NOT NULL,
            name text NOT NULL,
            rank smallint NOT NULL,
            incident_id uuid,
            since timestamptz NOT NULL,
            until timestamptz NOT NULL
        );
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE camera_ptz_lock;
        DROP TABLE camera_wall;
        DROP TABLE site_folder;
        DROP TABLE button_place;
        DROP TABLE camera_opening_camera;
        DROP TABLE camera_opening;
        """
    )
