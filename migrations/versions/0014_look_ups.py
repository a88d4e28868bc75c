"""Look-ups from tablets, refused ones, those made without a link; what staff declared of their own.

Revision ID: 0014
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- offline_at: by the tablet's clock, when it was asked without a link; `at` is when it came here.
        ALTER TABLE look_up
            ADD COLUMN device_id uuid,
            ADD COLUMN refused_by uuid,
            ADD COLUMN refused_at timestamptz,
            ADD COLUMN refusal text,
            ADD COLUMN offline_at timestamptz,
            DROP CONSTRAINT look_up_state_check,
            ADD CONSTRAINT look_up_state_check CHECK (state IN ('asked', 'granted', 'refused')),
            ADD CHECK (refused_by IS DISTINCT FROM account_id),
            ADD CHECK ((state = 'refused') = (refusal IS NOT NULL));
        CREATE INDEX look_up_waiting ON look_up (region, at) WHERE state = 'asked';

        -- A session that once asked from a tablet asks from this tablet only.
        CREATE TABLE look_up_seat (
            session_id uuid PRIMARY KEY,
            device_id uuid NOT NULL,
            at timestamptz NOT NULL
        );
        CREATE INDEX look_up_seat_device ON look_up_seat (device_id);

        -- The ИИН of an employee and of his relatives, as digests under a key that is not in the database.
        CREATE TABLE own_interest (
            account_id uuid NOT NULL,
            digest bytea NOT NULL,
            set_by uuid NOT NULL,
            set_at timestamptz NOT NULL,
            PRIMARY KEY (account_id, digest)
        );
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE own_interest, look_up_seat;
        DROP INDEX look_up_waiting;
        DELETE FROM audit_flag WHERE look_up_id IN (SELECT id FROM look_up WHERE state = 'refused');
        DELETE FROM look_up WHERE state = 'refused';
        ALTER TABLE look_up
            DROP COLUMN device_id, DROP COLUMN refused_by, DROP COLUMN refused_at, DROP COLUMN refusal,
            DROP COLUMN offline_at,
            ADD CONSTRAINT look_up_state_check CHECK (state IN ('asked', 'granted'));
        """
    )
