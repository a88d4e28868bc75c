"""Registers that are fed by a connector: how far each has come and how it stands.

Revision ID: 0016
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- current_at: the source said that our mirror has all there was at this moment.
        CREATE TABLE register_connector (
            name text PRIMARY KEY,
            kind text NOT NULL,
            position text,
            asked_at timestamptz,
            current_at timestamptz,
            failures integer NOT NULL DEFAULT 0,
            again_at timestamptz,
            error text
        );
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE register_connector")
