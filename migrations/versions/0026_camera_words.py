"""Cameras: words wait in a short list before they go into the index.

Revision ID: 0026
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # a search reads the list beside the index, so it stays at 256 KiB; an import empties it when it ends
    op.execute("ALTER INDEX camera_words SET (fastupdate = on, gin_pending_list_limit = 256)")


def downgrade() -> None:
    op.execute("ALTER INDEX camera_words RESET (gin_pending_list_limit)")
    op.execute("ALTER INDEX camera_words SET (fastupdate = off)")
