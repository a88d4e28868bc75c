"""Access that can be trusted: attempts at sign-in, sessions that rest, devices that are blocked and wiped.

Revision ID: 0008
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE session
            ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
            ADD COLUMN seen_at timestamptz,
            ADD COLUMN agent text NOT NULL DEFAULT '';
        UPDATE session SET seen_at = created_at;
        ALTER TABLE session ALTER COLUMN seen_at SET NOT NULL;
        CREATE UNIQUE INDEX session_id ON session (id);

        -- By the digest of the log-in that was typed, so that one which does not exist is locked alike.
        CREATE TABLE sign_in_attempt (
            login_digest bytea PRIMARY KEY,
            failures integer NOT NULL,
            last_at timestamptz NOT NULL,
            locked_until timestamptz
        );
        CREATE INDEX sign_in_attempt_last ON sign_in_attempt (last_at);

        ALTER TABLE device ADD COLUMN wipe boolean NOT NULL DEFAULT false;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE device DROP COLUMN wipe;
        DROP TABLE sign_in_attempt;
        ALTER TABLE session DROP COLUMN id, DROP COLUMN seen_at, DROP COLUMN agent;
        """
    )
