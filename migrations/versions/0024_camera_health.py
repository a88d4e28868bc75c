"""Whether cameras see: their state, what was wrong with them and when, and who was asked to mend it.

Revision ID: 0024
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- One row for each camera that was ever looked at; none: unknown. state: 0 unknown, 1 up, 2 down.
        -- code: why it is down. since: of this state. looked_at: the last look, written in batches.
        -- seen: what its stream brought at a look: {codec, width, height, at}. views: what it shows when
        -- it is well (jedel/cameras/health/picture.py); null: to be learned.
        CREATE TABLE camera_state (
            camera_id uuid PRIMARY KEY REFERENCES camera(id) ON DELETE CASCADE,
            number bigint NOT NULL,
            region text NOT NULL,
            state smallint NOT NULL CHECK (state BETWEEN 0 AND 2),
            recording boolean NOT NULL DEFAULT false,
            code text,
            since timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            looked_at timestamptz,
            seen jsonb NOT NULL DEFAULT '{}',
            views bytea,
            CHECK ((state = 2) = (code IS NOT NULL))
        );
        CREATE INDEX camera_state_changed ON camera_state (changed_at);
        CREATE INDEX camera_state_down ON camera_state (region, since DESC) WHERE state = 2;

        -- Times in which a camera did not see; until null: it still does not.
        CREATE TABLE camera_fault (
            id uuid PRIMARY KEY,
            camera_id uuid NOT NULL REFERENCES camera(id) ON DELETE CASCADE,
            region text NOT NULL,
            code text NOT NULL,
            detail text NOT NULL DEFAULT '',
            since timestamptz NOT NULL,
            until timestamptz,
            CHECK (until IS NULL OR until >= since)
        );
        CREATE UNIQUE INDEX camera_fault_open ON camera_fault (camera_id) WHERE until IS NULL;
        CREATE INDEX camera_fault_of ON camera_fault (camera_id, since DESC);
        CREATE INDEX camera_fault_region ON camera_fault (region, since DESC);

        -- What the owner is asked to mend. owner, contact: as they were when it was opened.
        CREATE TABLE work_order (
            id uuid PRIMARY KEY,
            number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            region text NOT NULL,
            camera_id uuid NOT NULL REFERENCES camera(id) ON DELETE CASCADE,
            fault_id uuid NOT NULL UNIQUE REFERENCES camera_fault(id) ON DELETE CASCADE,
            code text NOT NULL,
            owner text NOT NULL,
            contact text NOT NULL,
            state text NOT NULL CHECK (state IN ('opened', 'sent', 'acknowledged', 'done')),
            note text NOT NULL DEFAULT '',
            opened_at timestamptz NOT NULL,
            sent_at timestamptz,
            acknowledged_at timestamptz,
            done_at timestamptz,
            changed_by text NOT NULL
        );
        CREATE INDEX work_order_region ON work_order (region, opened_at DESC);
        CREATE INDEX work_order_camera ON work_order (camera_id, opened_at DESC);

        -- What processes with cameras in memory ask for: rows changed since they last looked.
        CREATE INDEX camera_updated ON camera (updated_at);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP INDEX camera_updated;
        DROP TABLE work_order;
        DROP TABLE camera_fault;
        DROP TABLE camera_state;
        """
    )
