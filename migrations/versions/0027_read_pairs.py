"""Reads: a camera's plates are in its index.

Revision ID: 0027
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # who was at two places is answered from this index; the rows of a camera's day lie on as many pages
    op.execute("DROP INDEX plate_read_camera")
    op.execute("CREATE INDEX plate_read_camera ON plate_read (camera, at) INCLUDE (plate)")


def downgrade() -> None:
    op.execute("DROP INDEX plate_read_camera")
    op.execute("CREATE INDEX plate_read_camera ON plate_read (camera, at)")
