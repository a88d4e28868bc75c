"""Mobile complexes and drones.

Revision ID: 0025
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE unit DROP CONSTRAINT unit_kind_check;
        ALTER TABLE unit ADD CONSTRAINT unit_kind_check
            CHECK (kind IN ('car', 'foot', 'motorcycle', 'drone', 'complex'));

        -- Units that carry a camera. system_id: by which its MAVLink names it, null: it speaks JSON. key: of
        -- MAVLink 2 signing, sealed for the unit's id; null: it signs nothing. fov: of its camera, degrees.
        CREATE TABLE mobile (
            unit_id uuid PRIMARY KEY REFERENCES unit ON DELETE CASCADE,
            region text NOT NULL,
            camera_id uuid UNIQUE,
            system_id smallint UNIQUE CHECK (system_id BETWEEN 1 AND 255),
            key bytea,
            fov real NOT NULL DEFAULT 60 CHECK (fov > 0 AND fov < 180),
            CHECK (key IS NULL OR system_id IS NOT NULL)
        );

        -- Where each looks from: the last that it said, a flow like positions, so in no journal and not
        -- written ahead of itself. altitude_m: above the ground; pitch: of the gimbal, 0 level, -90 down;
        -- bearing: of the gimbal, degrees from north.
        CREATE UNLOGGED TABLE mobile_pose (
            unit_id uuid PRIMARY KEY REFERENCES mobile ON DELETE CASCADE,
            at timestamptz NOT NULL,
            lon double precision NOT NULL,
            lat double precision NOT NULL,
            altitude_m real,
            heading real,
            pitch real,
            bearing real
        );
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE mobile_pose;
        DROP TABLE mobile;
        ALTER TABLE unit DROP CONSTRAINT unit_kind_check;
        ALTER TABLE unit ADD CONSTRAINT unit_kind_check CHECK (kind IN ('car', 'foot', 'motorcycle'));
        """
    )
