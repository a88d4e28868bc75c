"""The journal as proof: signed heads, and the one change that the law may ask of an entry.

Revision ID: 0007
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- What was signed about a region's first `size` entries; the same stands in a file (heads.py).
        CREATE TABLE journal_head (
            region text NOT NULL,
            size bigint NOT NULL CHECK (size > 0),
            root bytea NOT NULL CHECK (length(root) = 32),
            chain bytea NOT NULL CHECK (length(chain) = 32),
            at timestamptz NOT NULL,
            key text NOT NULL,
            signature bytea NOT NULL,
            PRIMARY KEY (region, size)
        );
        CREATE TRIGGER journal_head_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_head
            FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();

        -- How the notary carries each tree on without reading it again. It proves nothing: it is believed
        -- only where it folds to the root of a head that bears our signature.
        CREATE TABLE journal_tree (
            region text PRIMARY KEY,
            size bigint NOT NULL,
            roots bytea NOT NULL
        );

        -- The law may have the content of an entry erased: payload becomes NULL and nothing else changes.
        -- The entry that says why is itself not erased.
        CREATE FUNCTION journal_refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.payload IS NULL AND OLD.payload IS NOT NULL
                AND OLD.kind <> 'journal.erased'
                AND (NEW.region, NEW.seq, NEW.id, NEW.at, NEW.kind, NEW.subject, NEW.actor,
                     NEW.payload_hash, NEW.hash)
                  = (OLD.region, OLD.seq, OLD.id, OLD.at, OLD.kind, OLD.subject, OLD.actor,
                     OLD.payload_hash, OLD.hash)
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the journal only grows' USING ERRCODE = 'restrict_violation';
        END $$;
        DROP TRIGGER journal_only_grows ON journal;
        CREATE TRIGGER journal_only_grows BEFORE UPDATE OR DELETE ON journal
            FOR EACH ROW EXECUTE FUNCTION journal_refuse_unless_erased();
        CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal
            FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
        """
    )


def downgrade() -> None:
    raise NotImplementedError("the journal only grows")
