"""Units, their positions in daily partitions, and how far the positions have been written.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE unit (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            call_sign text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('car', 'foot', 'motorcycle')),
            vehicle text,
            crew text[] NOT NULL,
            skills text[] NOT NULL,
            district text,
            status text NOT NULL
                CHECK (status IN ('available', 'assigned', 'en_route', 'on_scene', 'busy', 'off_shift')),
            since timestamptz NOT NULL,
            silent boolean NOT NULL,
            shift_started_at timestamptz,
            incident_id uuid,
            created_at timestamptz NOT NULL,
            UNIQUE (region, call_sign),
            CHECK ((shift_started_at IS NULL) = (status = 'off_shift')),
            CHECK ((incident_id IS NOT NULL) = (status IN ('assigned', 'en_route', 'on_scene'))),
            CHECK (NOT (silent AND status = 'off_shift'))
        );
        CREATE INDEX unit_may_go ON unit (region) WHERE status = 'available' AND NOT silent;

        -- NULL is "not measured". Partitions are made ahead and dropped after their time by jedel.units.jobs.
        CREATE TABLE position (
            unit_id uuid NOT NULL,
            at timestamptz NOT NULL,        -- the device's clock
            heard_at timestamptz NOT NULL,  -- ours
            lon_e7 integer NOT NULL,
            lat_e7 integer NOT NULL,
            speed_cms integer,
            heading_cdeg integer,
            accuracy_dm integer,
            flags integer NOT NULL
        ) PARTITION BY RANGE (at);
        CREATE INDEX position_unit ON position (unit_id, at);

        -- The newest position of each unit, a few seconds behind; rewritten often, so with room on its pages.
        CREATE TABLE unit_last_position (
            unit_id uuid PRIMARY KEY,
            at timestamptz NOT NULL,
            heard_at timestamptz NOT NULL,
            lon_e7 integer NOT NULL,
            lat_e7 integer NOT NULL,
            speed_cms integer,
            heading_cdeg integer,
            accuracy_dm integer,
            flags integer NOT NULL
        ) WITH (fillfactor = 40);

        -- How far a stream has been written. A stream that was made anew is another stream.
        CREATE TABLE position_progress (
            stream text NOT NULL,
            created timestamptz NOT NULL,
            seq bigint NOT NULL,
            taken_us bigint NOT NULL,           -- when the stream took message `seq`, since 1970
            listened_at timestamptz NOT NULL,   -- everything sent up to then is written
            PRIMARY KEY (stream, created)
        ) WITH (fillfactor = 10);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE position_progress, unit_last_position, position, unit")
