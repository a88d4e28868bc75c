"""The journal: chained entries, positions of its readers, entries set aside.

Revision ID: 0001
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- One row a region: the lock under which its entries get their order. Updated with every
        -- entry, so it keeps room on its page for the new versions of the row.
        CREATE TABLE journal_chain (
            region text PRIMARY KEY,
            seq bigint NOT NULL,
            hash bytea NOT NULL
        ) WITH (fillfactor = 10);

        CREATE TABLE journal (
            region text NOT NULL,
            seq bigint NOT NULL,
            id uuid NOT NULL,
            at timestamptz NOT NULL,
            kind text NOT NULL,
            subject uuid NOT NULL,
            actor text NOT NULL,
            payload text,
            payload_hash bytea NOT NULL,
            hash bytea NOT NULL,
            PRIMARY KEY (region, seq)
        );
        CREATE UNIQUE INDEX journal_id ON journal (id);
        CREATE INDEX journal_subject ON journal (subject, seq);

        CREATE TABLE journal_cursor (
            reader text NOT NULL,
            region text NOT NULL,
            seq bigint NOT NULL,
            PRIMARY KEY (reader, region)
        ) WITH (fillfactor = 10);

        CREATE TABLE journal_set_aside (
            reader text NOT NULL,
            region text NOT NULL,
            seq bigint NOT NULL,
            error text NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (reader, region, seq)
        );

        -- Same bytes as jedel.journal.model.header and chain_hash.
        CREATE FUNCTION journal_append(
            p_region text, p_id uuid, p_at timestamptz, p_kind text, p_subject uuid, p_actor text,
            p_payload text
        ) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            last journal_chain;
            digest bytea := sha256(convert_to(p_payload, 'UTF8'));
            link bytea;
        BEGIN
            SELECT * INTO last FROM journal_chain WHERE region = p_region FOR UPDATE;
            IF NOT FOUND THEN
                INSERT INTO journal_chain VALUES (p_region, 0, decode(repeat('00', 32), 'hex'))
                    ON CONFLICT DO NOTHING;
                SELECT * INTO last FROM journal_chain WHERE region = p_region FOR UPDATE;
            END IF;
            link := sha256(
                last.hash
                || convert_to(concat_ws(E'\\x1f', p_region, last.seq + 1, p_id,
                       (extract(epoch FROM p_at) * 1000000)::bigint, p_kind, p_subject, p_actor), 'UTF8')
                || digest
            );
            INSERT INTO journal (region, seq, id, at, kind, subject, actor, payload, payload_hash, hash)
                VALUES (p_region, last.seq + 1, p_id, p_at, p_kind, p_subject, p_actor, p_payload,
                    digest, link);
            UPDATE journal_chain SET seq = last.seq + 1, hash = link WHERE region = p_region;
            RETURN last.seq + 1;
        END $$;

        CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the journal only grows' USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER journal_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
            FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
        """
    )


def downgrade() -> None:
    raise NotImplementedError("the journal only grows")
