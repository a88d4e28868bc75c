"""Cameras that read number plates; reads.

Revision ID: 0017
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- number: what read records carry instead of the id. heading: degrees, the way the traffic drives that
        -- the camera sees; null: both ways. mapping: how its driver finds a read in what it says.
        -- clock_error_ms: its clock minus ours, measured; null until enough was heard.
        CREATE TABLE plate_camera (
            number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
            id uuid PRIMARY KEY,
            region text NOT NULL,
            name text NOT NULL,
            road text NOT NULL DEFAULT '',
            lon double precision NOT NULL,
            lat double precision NOT NULL,
            heading real CHECK (heading >= 0 AND heading < 360),
            driver text NOT NULL,
            mapping jsonb NOT NULL DEFAULT '{}',
            device_id uuid UNIQUE,
            enabled boolean NOT NULL DEFAULT true,
            clock_error_ms bigint,
            created_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL
        );
        CREATE INDEX plate_camera_region ON plate_camera (region, number);

        -- What the processes that take its reads saw of a camera; counts since it was added. faults: how often
        -- each thing was wrong, by name.
        CREATE TABLE plate_camera_state (
            camera integer PRIMARY KEY REFERENCES plate_camera (number),
            heard_at timestamptz NOT NULL,
            reads bigint NOT NULL DEFAULT 0,
            faults jsonb NOT NULL DEFAULT '{}',
            fault text,
            fault_at timestamptz
        );
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE plate_camera_state, plate_camera")
