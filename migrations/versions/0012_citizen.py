"""Citizen services: vehicles that are not shown, citizens' reports of phones, phones told to us.

Revision ID: 0012
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- Belongs to the registers: what we were told ourselves and an officer approved. It is no import's
        -- table, so that a new file of the phones' register neither drops it nor is held up by it.
        CREATE TABLE phone_told (
            id uuid PRIMARY KEY,
            imei text COLLATE "C" NOT NULL,
            state text NOT NULL CHECK (state IN ('lost', 'stolen')),
            since date NOT NULL,
            report text COLLATE "C" NOT NULL,
            source text NOT NULL,
            as_of timestamptz NOT NULL
        );
        CREATE INDEX phone_told_imei ON phone_told (imei);

        -- Answered to citizens as if there were no such vehicle.
        CREATE TABLE hidden_vehicle (
            id uuid PRIMARY KEY,
            plate text COLLATE "C" NOT NULL,
            vin text COLLATE "C",
            ground text NOT NULL,
            until date NOT NULL,
            region text NOT NULL,
            hidden_by uuid NOT NULL,
            hidden_at timestamptz NOT NULL
        );
        CREATE INDEX hidden_vehicle_plate ON hidden_vehicle (plate);
        CREATE INDEX hidden_vehicle_vin ON hidden_vehicle (vin);

        -- What a citizen told us of a phone. Who they are and where it was are set to null when their time
        -- is over; the rest says how often it happens.
        CREATE TABLE phone_report (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            receipt text COLLATE "C" UNIQUE NOT NULL,
            at timestamptz NOT NULL,
            imei text COLLATE "C",
            phone_state text NOT NULL CHECK (phone_state IN ('lost', 'stolen')),
            happened_on date NOT NULL,
            place text,
            name text,
            contact text,
            state text NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
            reason text,
            decided_by uuid,
            decided_at timestamptz,
            CHECK ((state = 'waiting') = (decided_at IS NULL)),
            CHECK (state <> 'waiting' OR (imei IS NOT NULL AND name IS NOT NULL AND contact IS NOT NULL))
        );
        CREATE INDEX phone_report_region ON phone_report (region, state, at);
        CREATE INDEX phone_report_kept ON phone_report (coalesce(decided_at, at))
            WHERE contact IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE phone_report, hidden_vehicle, phone_told")
