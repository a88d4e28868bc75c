"""Qorgau's lists: entries made by hand, what the registers say of cars, the register of offences.

Revision ID: 0018
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- The number of the last change to anything that workers match reads against. Whoever changes locks
        -- this row until the commit, so that a reader who has seen a number has seen all changes up to it.
        -- floor: what was changed up to it may be forgotten; who knows less takes the whole list anew.
        CREATE TABLE watch_state (
            one bool PRIMARY KEY DEFAULT true CHECK (one),
            version bigint NOT NULL,
            floor bigint NOT NULL
        );
        INSERT INTO watch_state (version, floor) VALUES (0, 0);

        -- A file of entries, proposed and approved as a whole.
        CREATE TABLE watch_list (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            name text NOT NULL,
            digest bytea NOT NULL,
            rows integer NOT NULL,
            proposed_at timestamptz NOT NULL
        );

        -- An entry made by hand. legal: code of the legal ground in the jurisdiction's closed list, and
        -- ground the bit that it stands for. owner: who proposed it and answers for it. Nothing of it is ever
        -- changed but its state, and until to an earlier day; the second person approved what stands here.
        CREATE TABLE watch_entry (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            list_id uuid REFERENCES watch_list (id),
            plate text COLLATE "C" NOT NULL,
            ground smallint NOT NULL,
            legal text NOT NULL,
            action text NOT NULL,
            until date NOT NULL,
            source text NOT NULL,
            reason text NOT NULL,
            incident_id uuid,
            case_number text,
            state text NOT NULL CHECK (state IN ('proposed', 'active', 'refused', 'revoked', 'expired')),
            owner uuid NOT NULL,
            proposed_at timestamptz NOT NULL,
            decided_by uuid,
            decided_at timestamptz,
            ended_by uuid,
            ended_at timestamptz,
            end_reason text,
            version bigint NOT NULL DEFAULT 0,
            CHECK (decided_by IS NULL OR decided_by <> owner),
            CHECK (state <> 'active' OR decided_by IS NOT NULL),
            CHECK (incident_id IS NOT NULL OR case_number IS NOT NULL)
        );
        CREATE INDEX watch_entry_of_region ON watch_entry (region, state, proposed_at DESC);
        CREATE INDEX watch_entry_of_plate ON watch_entry (plate);
        CREATE INDEX watch_entry_of_list ON watch_entry (list_id) WHERE list_id IS NOT NULL;
        CREATE INDEX watch_entry_changed ON watch_entry (version) WHERE version > 0;
        CREATE INDEX watch_entry_ends ON watch_entry (until) WHERE state = 'active';
        CREATE INDEX watch_entry_waits ON watch_entry (proposed_at) WHERE state = 'proposed';

        -- What the registers say, one row for a plate and a ground. gone: it is so no more; the row stays a
        -- while, so that workers hear of it. until: the last day; null: until the registers say otherwise.
        CREATE TABLE watch_computed (
            plate text COLLATE "C" NOT NULL,
            ground smallint NOT NULL,
            until date,
            detail jsonb NOT NULL,
            gone bool NOT NULL DEFAULT false,
            changed_at timestamptz NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (plate, ground)
        );
        CREATE INDEX watch_computed_changed ON watch_computed (version);

        -- How each computed ground stands. inputs: what it was computed from; the same again is no work.
        CREATE TABLE watch_ground (
            ground smallint PRIMARY KEY,
            stands bool NOT NULL,
            why text NOT NULL,
            register text,
            source text,
            as_of timestamptz,
            inputs text NOT NULL,
            rows integer NOT NULL,
            computed_at timestamptz NOT NULL,
            seconds real NOT NULL
        );

        CREATE TABLE offence (
            import_number integer NOT NULL,
            line integer NOT NULL,
            notice text COLLATE "C" NOT NULL,
            plate text COLLATE "C",
            number text COLLATE "C",
            article text NOT NULL,
            committed date NOT NULL
        );
        INSERT INTO register (kind, table_name) VALUES ('offences', 'offence');
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM register WHERE kind = 'offences'")
    op.execute("DROP TABLE offence CASCADE")
    op.execute("DROP TABLE watch_ground, watch_computed, watch_entry, watch_list, watch_state")
