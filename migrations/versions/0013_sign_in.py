"""Sign-in: one-time passwords (TOTP), one-time codes, recovery, a department's own identity provider.

Revision ID: 0013
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- An account may have no password: before its owner began, or with passkeys or the provider alone.
        ALTER TABLE account
            ALTER COLUMN password_hash DROP NOT NULL,
            ADD COLUMN external boolean NOT NULL DEFAULT false,
            ADD COLUMN oidc_issuer text,
            ADD COLUMN oidc_subject text;
        CREATE UNIQUE INDEX account_oidc ON account (oidc_issuer, oidc_subject)
            WHERE oidc_subject IS NOT NULL;
        CREATE INDEX account_region ON account (region, id);

        ALTER TABLE session
            DROP CONSTRAINT session_method_check,
            ADD CONSTRAINT session_method_check
                CHECK (method IN ('password', 'password+totp', 'passkey', 'oidc', 'code')),
            ADD COLUMN proved_at timestamptz,
            ADD COLUMN provider_session text;
        UPDATE session SET proved_at = created_at;
        ALTER TABLE session ALTER COLUMN proved_at SET NOT NULL;

        -- Sealed with a key that is not in the database. `last_step`: a code is used once.
        CREATE TABLE totp (
            account_id uuid PRIMARY KEY REFERENCES account,
            sealed bytea,
            confirmed_at timestamptz,
            last_step bigint NOT NULL DEFAULT 0,
            pending bytea,
            pending_at timestamptz
        );

        -- A code that a person brings: for the first administrator, to begin, or after a recovery.
        CREATE TABLE sign_in_code (
            code_digest bytea PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN ('first_admin', 'invitation', 'recovery')),
            account_id uuid REFERENCES account,
            region text NOT NULL,
            made_by text NOT NULL,
            made_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL
        );
        CREATE UNIQUE INDEX sign_in_code_account ON sign_in_code (account_id) WHERE account_id IS NOT NULL;

        -- By the digest of the log-in that was typed, so that one which does not exist takes as long.
        CREATE TABLE recovery (
            id uuid PRIMARY KEY,
            login_digest bytea NOT NULL UNIQUE,
            account_id uuid REFERENCES account,
            asked_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            approved_at timestamptz,
            approved_by uuid REFERENCES account
        );
        CREATE INDEX recovery_account ON recovery (account_id);
        CREATE INDEX recovery_expires ON recovery (expires_at);

        -- Sign-ins that are at the provider now. What a crash of the server forgets is begun again.
        CREATE UNLOGGED TABLE oidc_flow (
            state_digest bytea PRIMARY KEY,
            browser_digest bytea NOT NULL,
            nonce text NOT NULL,
            verifier text NOT NULL,
            expires_at timestamptz NOT NULL
        );
        CREATE INDEX oidc_flow_expires ON oidc_flow (expires_at);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE oidc_flow, recovery, sign_in_code, totp;
        DELETE FROM session WHERE method NOT IN ('password', 'passkey');
        ALTER TABLE session
            DROP CONSTRAINT session_method_check,
            ADD CONSTRAINT session_method_check CHECK (method IN ('password', 'passkey')),
            DROP COLUMN proved_at, DROP COLUMN provider_session;
        DROP INDEX account_region, account_oidc;
        UPDATE account SET password_hash = '' WHERE password_hash IS NULL;
        ALTER TABLE account ALTER COLUMN password_hash SET NOT NULL,
            DROP COLUMN external, DROP COLUMN oidc_issuer, DROP COLUMN oidc_subject;
        """
    )
