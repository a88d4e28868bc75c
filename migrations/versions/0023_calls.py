"""Live conversations.

Revision ID: 0023
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- A post in public and the duty officer. signal_id: the press that began it; alarm_id: what that
        -- raised, null: the post was under test. heard_at: the post's last word; language: of the person.
        CREATE TABLE call (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            device_id uuid NOT NULL,
            device_name text NOT NULL,
            camera_id uuid,
            signal_id uuid NOT NULL,
            alarm_id uuid,
            incident_id uuid,
            state text NOT NULL CHECK (state IN ('ringing', 'answered', 'lost', 'ended')),
            test boolean NOT NULL,
            language text NOT NULL CHECK (language IN ('kk', 'ru', 'en')),
            rang_at timestamptz NOT NULL,
            heard_at timestamptz NOT NULL,
            answered_at timestamptz,
            answered_by uuid,
            answered_name text,
            lost_at timestamptz,
            ended_at timestamptz,
            end_reason text CHECK (end_reason IN ('officer', 'incident', 'alarm', 'press', 'time')),
            CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
            CHECK ((state = 'lost') <= (lost_at IS NOT NULL)),
            CHECK (test = (alarm_id IS NULL))
        );
        CREATE UNIQUE INDEX call_live_of_device ON call (device_id) WHERE ended_at IS NULL;
        CREATE INDEX call_live_of_region ON call (region, rang_at) WHERE ended_at IS NULL;
        CREATE INDEX call_of_incident ON call (incident_id) WHERE incident_id IS NOT NULL;
        CREATE INDEX call_of_alarm ON call (alarm_id) WHERE alarm_id IS NOT NULL;

        -- What is written between them. code: a sentence or a sign that each side shows in its own language;
        -- text: what the officer typed.
        CREATE TABLE call_line (
            id uuid PRIMARY KEY,
            call_id uuid NOT NULL REFERENCES call ON DELETE CASCADE,
            nth integer NOT NULL,
            at timestamptz NOT NULL,
            side text NOT NULL CHECK (side IN ('post', 'desk')),
            code text,
            text text,
            actor text NOT NULL,
            UNIQUE (call_id, nth),
            CHECK ((code IS NULL) <> (text IS NULL))
        );
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE call_line; DROP TABLE call")
