"""Passkeys, and how each session was begun.

Revision ID: 0011
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE session ADD COLUMN method text NOT NULL DEFAULT 'password'
            CHECK (method IN ('password', 'passkey'));

        CREATE TABLE passkey (
            id uuid PRIMARY KEY,
            credential_id bytea NOT NULL UNIQUE,
            account_id uuid NOT NULL REFERENCES account,
            public_key bytea NOT NULL,
            sign_count bigint NOT NULL,
            name text NOT NULL,
            created_at timestamptz NOT NULL,
            used_at timestamptz
        );
        CREATE INDEX passkey_account ON passkey (account_id, created_at);

        -- Each is answered once. What a crash of the server forgets is asked for again.
        CREATE UNLOGGED TABLE passkey_challenge (
            challenge bytea PRIMARY KEY,
            account_id uuid,
            expires_at timestamptz NOT NULL
        );
        CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE passkey_challenge, passkey; ALTER TABLE session DROP COLUMN method")
