"""Devices with key pairs of their own, short-lived tokens, who holds a device and when it was last here.

Revision ID: 0015
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE device
            ADD COLUMN public_key bytea,
            ADD COLUMN version text,
            ADD COLUMN seen_at timestamptz,
            ADD COLUMN holder_id uuid REFERENCES account;

        -- What a crash of the server forgets is asked for again, by a new proof.
        CREATE UNLOGGED TABLE device_token (
            digest bytea PRIMARY KEY,
            device_id uuid NOT NULL,
            expires_at timestamptz NOT NULL
        );
        CREATE INDEX device_token_device ON device_token (device_id);
        CREATE INDEX device_token_expires ON device_token (expires_at);

        CREATE UNLOGGED TABLE device_proof (
            device_id uuid NOT NULL,
            jti text NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (device_id, jti)
        );
        CREATE INDEX device_proof_expires ON device_proof (expires_at);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE device_proof, device_token;
        ALTER TABLE device
            DROP COLUMN public_key, DROP COLUMN version, DROP COLUMN seen_at, DROP COLUMN holder_id;
        """
    )
