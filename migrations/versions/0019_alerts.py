"""Qorgau's alerts: what officers are told, what they answered, what is not said again.

Revision ID: 0019
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- grounds: bits of qorgau.model.Ground. priority: 1 the gravest. camera, reader: of the first
        -- read; last_camera, last_at: of the newest. agreeing: frames that said the same plate. bases:
        -- what each ground rests on, as of the last move; ever: also of those that fell away. read, pair,
        -- passings, register: as shown.
        CREATE TABLE qorgau_alert (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            plate bigint NOT NULL,
            state text NOT NULL,
            action text NOT NULL,
            wanted_action text NOT NULL,
            grounds integer NOT NULL,
            score smallint NOT NULL,
            priority smallint NOT NULL,
            agreeing integer NOT NULL,
            confidence smallint NOT NULL,
            weakest smallint NOT NULL,
            camera integer NOT NULL,
            reader smallint NOT NULL,
            last_camera integer NOT NULL,
            last_at timestamptz NOT NULL,
            confirmed_at timestamptz,
            refuted_by text,
            bases jsonb NOT NULL,
            ever jsonb NOT NULL,
            read jsonb NOT NULL,
            passings jsonb NOT NULL,
            pair jsonb,
            register jsonb,
            opened_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            ended_at timestamptz,
            CONSTRAINT qorgau_alert_over
                CHECK ((ended_at IS NULL) = (state IN ('unconfirmed', 'seen', 'confirmed', 'lost')))
        );
        CREATE UNIQUE INDEX qorgau_alert_open_plate ON qorgau_alert (plate) WHERE ended_at IS NULL;
        CREATE INDEX qorgau_alert_open_region ON qorgau_alert (region) WHERE ended_at IS NULL;
        CREATE INDEX qorgau_alert_due ON qorgau_alert (ends_at) WHERE ended_at IS NULL;
        CREATE INDEX qorgau_alert_plate ON qorgau_alert (plate, updated_at);
        CREATE INDEX qorgau_alert_opened ON qorgau_alert (region, opened_at);

        -- Who was told. released_at: the alert moved on to others, or a graver one needed the unit.
        CREATE TABLE qorgau_alert_unit (
            alert_id uuid NOT NULL REFERENCES qorgau_alert (id),
            unit_id uuid NOT NULL,
            call_sign text NOT NULL,
            told_at timestamptz NOT NULL,
            meets_at timestamptz NOT NULL,
            meet jsonb NOT NULL,
            chance real NOT NULL,
            answer text,
            released_at timestamptz,
            PRIMARY KEY (alert_id, unit_id)
        );
        CREATE INDEX qorgau_alert_unit_told ON qorgau_alert_unit (unit_id) WHERE released_at IS NULL;

        CREATE TABLE qorgau_alert_answer (
            id uuid PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            alert_id uuid NOT NULL REFERENCES qorgau_alert (id),
            unit_id uuid,
            actor text NOT NULL,
            answer text NOT NULL,
            reason text,
            plate_matches boolean,
            vehicle_matches boolean,
            at timestamptz NOT NULL,
            received_at timestamptz NOT NULL
        );
        CREATE INDEX qorgau_alert_answer_of ON qorgau_alert_answer (alert_id, at, seq);

        -- A hit that was refuted is not said again for this plate and ground while its basis is the same.
        CREATE TABLE qorgau_refuted (
            plate bigint NOT NULL,
            ground integer NOT NULL,
            entry uuid NOT NULL,
            basis text NOT NULL,
            reason text NOT NULL,
            alert_id uuid NOT NULL,
            at timestamptz NOT NULL,
            until timestamptz NOT NULL,
            PRIMARY KEY (plate, ground, entry)
        );

        -- Hits that nobody was told of, and why: the flood limits at work.
        CREATE TABLE qorgau_left_out (
            region text NOT NULL,
            day date NOT NULL,
            why text NOT NULL,
            hits bigint NOT NULL,
            PRIMARY KEY (region, day, why)
        );
        """
    )


def downgrade() -> None:
    op.execute(
        "DROP TABLE qorgau_left_out, qorgau_refuted, qorgau_alert_answer, qorgau_alert_unit, qorgau_alert"
    )
