"""Alarms, the devices that raise them, their panels' settings, what they sent, and what could not be read.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- Written with every report of every device, so it keeps room for new versions on its pages.
        CREATE TABLE device_state (
            device_id uuid PRIMARY KEY REFERENCES device,
            region text NOT NULL,
            expected_s integer NOT NULL CHECK (expected_s > 0),
            available boolean NOT NULL DEFAULT false,
            contacts smallint NOT NULL DEFAULT 0,
            last_seen timestamptz,
            noted_seen timestamptz,
            test_until timestamptz,
            trouble text,
            site jsonb
        ) WITH (fillfactor = 50);
        CREATE INDEX device_state_region ON device_state (region);
        CREATE INDEX device_state_test ON device_state (test_until) WHERE test_until IS NOT NULL;

        -- DC-09: aes_key has 16, 24 or 32 bytes; zones maps a zone to the level of its button.
        CREATE TABLE panel (
            device_id uuid PRIMARY KEY REFERENCES device,
            aes_key bytea CHECK (octet_length(aes_key) IN (16, 24, 32)),
            poll_s integer NOT NULL CHECK (poll_s > 0),
            zones jsonb NOT NULL DEFAULT '{}'
        );

        CREATE TABLE alarm (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            device_id uuid NOT NULL REFERENCES device,
            device_name text NOT NULL,
            device_kind text NOT NULL,
            site jsonb,
            level text NOT NULL,
            priority text NOT NULL,
            state text NOT NULL,
            presses integer NOT NULL,
            raised_at timestamptz NOT NULL,
            last_press_at timestamptz NOT NULL,
            received_at timestamptz NOT NULL,
            sounding_since timestamptz NOT NULL,
            acknowledged_at timestamptz,
            acknowledged_by text,
            escalated_at timestamptz,
            closed_at timestamptz,
            result text
        );
        CREATE UNIQUE INDEX alarm_of_device ON alarm (device_id) WHERE state <> 'closed';
        CREATE INDEX alarm_of_region ON alarm (region, received_at) WHERE state <> 'closed';
        CREATE INDEX alarm_sounding ON alarm (sounding_since) WHERE state = 'open' AND escalated_at IS NULL;

        -- What devices said and were given a receipt for: the same id again gets the same receipt.
        CREATE TABLE alarm_signal (
            device_id uuid NOT NULL,
            id uuid NOT NULL,
            kind text NOT NULL,
            level text,
            at timestamptz,
            received_at timestamptz NOT NULL,
            alarm_id uuid,
            PRIMARY KEY (device_id, id)
        );
        CREATE INDEX alarm_signal_received ON alarm_signal USING brin (received_at);

        CREATE TABLE alarm_malformed (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            received_at timestamptz NOT NULL,
            driver text NOT NULL,
            reason text NOT NULL,
            source text,
            device_id uuid,
            account text,
            size integer NOT NULL,
            raw bytea NOT NULL CHECK (octet_length(raw) <= 2048)
        );
        CREATE INDEX alarm_malformed_received ON alarm_malformed (received_at);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE alarm_malformed, alarm_signal, alarm, panel, device_state")
