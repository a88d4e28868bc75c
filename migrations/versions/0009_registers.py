"""The registers: vehicles, owners, insurance, wanted, fines, phones, weapon permits.

Revision ID: 0009
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ("vehicle", "owner", "insurance", "wanted_vehicle", "wanted_person", "fine", "phone", "weapon_permit")


def upgrade() -> None:
    op.execute(
        """
        -- A finished import. Rows name it, and through it their source and age.
        CREATE TABLE register_import (
            number integer PRIMARY KEY,
            id uuid UNIQUE NOT NULL,
            kind text NOT NULL,
            digest text NOT NULL,
            whole bool NOT NULL,
            source text NOT NULL,
            as_of timestamptz NOT NULL,
            imported_at timestamptz NOT NULL,
            imported_by text NOT NULL,
            counts jsonb NOT NULL
        );
        CREATE INDEX register_import_digest ON register_import (kind, digest);
        CREATE SEQUENCE register_import_number AS integer;

        -- Which table holds a register's rows. A big import fills a new table and this row then names it, so
        -- that one snapshot never sees the old rows gone and the new ones not yet there (renaming or
        -- truncating tables would show it an empty register: "not wanted"). The table before it stays for
        -- readers that have begun, and goes with the next import.
        CREATE TABLE register (
            kind text PRIMARY KEY,
            table_name text NOT NULL,
            former text,
            import_id uuid REFERENCES register_import (id),
            rows bigint NOT NULL DEFAULT 0
        );

        -- The shapes. They hold no rows: each import's table inherits from its own, so that a later migration
        -- changes all of them by changing this one. line: of the file that the row came from.
        CREATE TABLE vehicle (
            import_number integer NOT NULL,
            line integer NOT NULL,
            plate text COLLATE "C" NOT NULL,
            vin text COLLATE "C",
            make text NOT NULL,
            model text NOT NULL,
            colour text NOT NULL,
            class text NOT NULL,
            year smallint,
            state text NOT NULL,
            restrictions text,
            accidents integer NOT NULL
        );
        CREATE TABLE owner (
            import_number integer NOT NULL,
            line integer NOT NULL,
            plate text COLLATE "C" NOT NULL,
            number text COLLATE "C" NOT NULL,
            name text NOT NULL,
            since date NOT NULL,
            until date
        );
        CREATE TABLE insurance (
            import_number integer NOT NULL,
            line integer NOT NULL,
            policy text COLLATE "C" NOT NULL,
            plate text COLLATE "C" NOT NULL,
            insurer text NOT NULL,
            since date NOT NULL,
            until date NOT NULL
        );
        CREATE TABLE wanted_vehicle (
            import_number integer NOT NULL,
            line integer NOT NULL,
            entry text COLLATE "C" NOT NULL,
            plate text COLLATE "C",
            vin text COLLATE "C",
            reason text NOT NULL,
            ground text NOT NULL,
            initiator text NOT NULL,
            since date NOT NULL,
            expires date NOT NULL,
            note text
        );
        CREATE TABLE wanted_person (
            import_number integer NOT NULL,
            line integer NOT NULL,
            entry text COLLATE "C" NOT NULL,
            iin text COLLATE "C",
            document text COLLATE "C",
            name text NOT NULL,
            reason text NOT NULL,
            ground text NOT NULL,
            initiator text NOT NULL,
            since date NOT NULL,
            expires date NOT NULL,
            note text
        );
        CREATE TABLE fine (
            import_number integer NOT NULL,
            line integer NOT NULL,
            notice text COLLATE "C" NOT NULL,
            plate text COLLATE "C",
            number text COLLATE "C",
            article text NOT NULL,
            amount_tenge bigint NOT NULL,
            issued date NOT NULL
        );
        CREATE TABLE phone (
            import_number integer NOT NULL,
            line integer NOT NULL,
            imei text COLLATE "C" NOT NULL,
            state text NOT NULL,
            since date NOT NULL,
            report text COLLATE "C" NOT NULL
        );
        CREATE TABLE weapon_permit (
            import_number integer NOT NULL,
            line integer NOT NULL,
            permit text COLLATE "C" NOT NULL,
            iin text COLLATE "C" NOT NULL,
            weapon text NOT NULL,
            purpose text NOT NULL,
            since date NOT NULL,
            until date NOT NULL
        );

        INSERT INTO register (kind, table_name) VALUES
            ('vehicles', 'vehicle'), ('owners', 'owner'), ('insurance', 'insurance'),
            ('wanted-vehicles', 'wanted_vehicle'), ('wanted-persons', 'wanted_person'), ('fines', 'fine'),
            ('phones', 'phone'), ('weapon-permits', 'weapon_permit');
        """
    )


def downgrade() -> None:
    for shape in KINDS:
        op.execute(f"DROP TABLE {shape} CASCADE")
    op.execute("DROP TABLE register, register_import")
    op.execute("DROP SEQUENCE register_import_number")
