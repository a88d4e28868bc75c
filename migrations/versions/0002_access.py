"""Accounts, sessions, devices.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE account (
            id uuid PRIMARY KEY,
            login text NOT NULL,
            name text NOT NULL,
            role text NOT NULL,
            region text NOT NULL,
            language text NOT NULL DEFAULT 'kk',
            password_hash text NOT NULL,
            created_at timestamptz NOT NULL,
            blocked_at timestamptz
        );
        CREATE UNIQUE INDEX account_login ON account (lower(login));

        CREATE TABLE session (
            token_digest bytea PRIMARY KEY,
            account_id uuid NOT NULL REFERENCES account,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            ended_at timestamptz
        );
        CREATE INDEX session_account ON session (account_id);

        CREATE TABLE device (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            kind text NOT NULL,
            name text NOT NULL,
            site_id uuid,
            unit_id uuid,
            account text,
            code_digest bytea,
            code_expires_at timestamptz,
            key_digest bytea,
            created_at timestamptz NOT NULL,
            enrolled_at timestamptz,
            blocked_at timestamptz
        );
        CREATE UNIQUE INDEX device_account ON device (account) WHERE account IS NOT NULL;
        CREATE UNIQUE INDEX device_code ON device (code_digest) WHERE code_digest IS NOT NULL;
        CREATE INDEX device_region ON device (region, kind);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE device, session, account")
