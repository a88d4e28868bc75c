"""Look-ups: who asked what of the registers, when and why; and what the auditor should see.

Revision ID: 0010
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- What was asked is kept as a digest too, by which the person looked up finds who asked.
        CREATE TABLE look_up (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            at timestamptz NOT NULL,
            account_id uuid NOT NULL,
            register text NOT NULL CHECK (register IN ('vehicle', 'person', 'phone')),
            asked_by text NOT NULL,
            asked text NOT NULL,
            purpose text NOT NULL,
            incident_id uuid,
            case_number text,
            state text NOT NULL CHECK (state IN ('asked', 'granted')),
            granted_by uuid,
            granted_at timestamptz,
            CHECK (incident_id IS NOT NULL OR case_number IS NOT NULL),
            CHECK (granted_by IS DISTINCT FROM account_id)
        );
        CREATE INDEX look_up_region ON look_up (region, at DESC, id);
        CREATE INDEX look_up_account ON look_up (account_id, at DESC);
        CREATE INDEX look_up_asked ON look_up (asked_by, asked, at DESC);

        CREATE TABLE audit_flag (
            look_up_id uuid NOT NULL REFERENCES look_up (id),
            reason text NOT NULL,
            region text NOT NULL,
            at timestamptz NOT NULL,
            seen_by uuid,
            seen_at timestamptz,
            note text,
            PRIMARY KEY (look_up_id, reason)
        );
        CREATE INDEX audit_flag_open ON audit_flag (region, at) WHERE seen_at IS NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE audit_flag, look_up")
