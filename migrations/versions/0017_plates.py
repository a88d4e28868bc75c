"""Cameras that read number plates; reads.

Revision ID: 0017
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- number: what read records carry instead of the id. heading: degrees, the way the traffic that the
        -- camera sees drives; null: both ways. mapping: how its driver finds a read in what it says.
        -- clock_error_ms: its clock minus ours, measured; null until enough was heard.
        CREATE TABLE plate_camera (
            number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
            id uuid PRIMARY KEY,
            region text NOT NULL,
            name text NOT NULL,
            road text NOT NULL DEFAULT '',
            lon double precision NOT NULL,
            lat double precision NOT NULL,
            heading real CHECK (heading >= 0 AND heading < 360),
            driver text NOT NULL,
            mapping jsonb NOT NULL DEFAULT '{}',
            device_id uuid UNIQUE,
            enabled boolean NOT NULL DEFAULT true,
            clock_error_ms bigint,
            created_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL
        );
        CREATE INDEX plate_camera_region ON plate_camera (region, number);

        -- What the processes that take its reads saw of a camera; counts since it was added. faults: how
        -- often each thing was wrong, by name.
        CREATE TABLE plate_camera_state (
            camera integer PRIMARY KEY REFERENCES plate_camera (number),
            heard_at timestamptz NOT NULL,
            reads bigint NOT NULL DEFAULT 0,
            faults jsonb NOT NULL DEFAULT '{}',
            fault text,
            fault_at timestamptz
        );

        -- A plate's number as text, as jedel/plates/keys.py makes it.
        CREATE FUNCTION plate_text(number bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN replace(
            substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 238572050223552512)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 6278211847988224 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 165216101262848 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 4347792138496 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 114415582592 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 3010936384 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 79235168 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 2085136 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 54872 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 1444 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 38 % 38)::int + 1, 1)
            || substr(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?', (number / 1 % 38)::int + 1, 1), ' ', '');

        -- at: when the car was there; never after heard, when we heard of it. said: the time the camera gave,
        -- which is another than `at` only where it was impossible. speed: tenths of km/h, heading: tenths of
        -- a degree, -1 unknown; make, colour, body: numbers of looks.json, 0 unknown. grounds: bits, any of
        -- which makes it a hit. Partitions: without a hit by the hour, hits by the week.
        CREATE TABLE plate_read (
            plate bigint NOT NULL,
            at timestamptz NOT NULL,
            heard timestamptz NOT NULL,
            said timestamptz NOT NULL,
            id uuid NOT NULL,
            camera integer NOT NULL,
            grounds integer NOT NULL,
            make integer NOT NULL,
            score smallint NOT NULL,
            confidence smallint NOT NULL,
            weakest smallint NOT NULL,
            frames smallint NOT NULL,
            speed smallint NOT NULL,
            heading smallint NOT NULL,
            colour smallint NOT NULL,
            body smallint NOT NULL,
            make_sure smallint NOT NULL,
            colour_sure smallint NOT NULL,
            body_sure smallint NOT NULL,
            reader smallint NOT NULL,
            plate_rows smallint NOT NULL,
            pictures smallint NOT NULL,
            hit boolean NOT NULL
        ) PARTITION BY LIST (hit);
        CREATE TABLE plate_read_plain PARTITION OF plate_read FOR VALUES IN (false) PARTITION BY RANGE (at);
        CREATE TABLE plate_read_hit PARTITION OF plate_read FOR VALUES IN (true) PARTITION BY RANGE (at);
        CREATE INDEX plate_read_plate ON plate_read (plate, at);
        CREATE INDEX plate_read_camera ON plate_read (camera, at);
        CREATE INDEX plate_read_said ON plate_read (camera, said) WHERE said <> at;

        -- What of the stream is written, by partition of the plates; moves in the transaction that writes.
        CREATE TABLE plate_read_progress (
            stream text NOT NULL,
            created timestamptz NOT NULL,
            partition smallint NOT NULL,
            seq bigint NOT NULL,
            taken_us bigint NOT NULL,
            PRIMARY KEY (stream, created, partition)
        );

        -- Reads kept for a case, whatever becomes of the original. until: when the case's retention ends.
        CREATE TABLE plate_read_evidence (
            LIKE plate_read,
            evidence_id uuid PRIMARY KEY,
            region text NOT NULL,
            case_number text NOT NULL,
            until date NOT NULL,
            kept_by uuid NOT NULL,
            kept_at timestamptz NOT NULL,
            UNIQUE (id, case_number)
        );
        CREATE INDEX plate_read_evidence_until ON plate_read_evidence (until);
        CREATE INDEX plate_read_evidence_case ON plate_read_evidence (region, case_number);

        -- Searches among reads are look-ups as those of the registers are.
        ALTER TABLE look_up
            DROP CONSTRAINT look_up_register_check,
            ADD CONSTRAINT look_up_register_check
                CHECK (register IN ('vehicle', 'person', 'phone', 'reads'));
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DELETE FROM audit_flag WHERE look_up_id IN (SELECT id FROM look_up WHERE register = 'reads');
        DELETE FROM look_up WHERE register = 'reads';
        ALTER TABLE look_up
            DROP CONSTRAINT look_up_register_check,
            ADD CONSTRAINT look_up_register_check CHECK (register IN ('vehicle', 'person', 'phone'));
        DROP TABLE plate_read_evidence, plate_read_progress, plate_read;
        DROP FUNCTION plate_text(bigint);
        DROP TABLE plate_camera_state, plate_camera;
        """
    )
