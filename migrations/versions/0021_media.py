"""Recordings: what lies where, and until when.

Revision ID: 0021
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- A stream that was ever recorded. class: what its retention goes by (jurisdictions/…).
        -- keep_days: what its owner wants; the rule may ask for more. schedule: weekly windows in which it is
        -- recorded, [{day 0..6 from Monday, from, until: minutes of the local day}]; null: none.
        CREATE TABLE recorded_stream (
            number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text NOT NULL UNIQUE,
            region text NOT NULL,
            class text NOT NULL DEFAULT 'other',
            keep_days integer NOT NULL DEFAULT 30,
            schedule jsonb,
            since timestamptz NOT NULL
        );

        -- One closed file each; its path follows from stream and start (jedel/media/recording/model.py).
        -- Times are our clock's. dropped: units lost before or in it, the disk being too slow. codecs:
        -- of its tracks, RFC 6381. mended: closed by `jedel media check`, not by its recorder.
        CREATE TABLE segment (
            stream integer NOT NULL REFERENCES recorded_stream (number),
            start_at timestamptz NOT NULL,
            end_at timestamptz NOT NULL,
            bytes bigint NOT NULL,
            units integer NOT NULL,
            dropped integer NOT NULL DEFAULT 0,
            width smallint NOT NULL DEFAULT 0,
            height smallint NOT NULL DEFAULT 0,
            codecs text NOT NULL,
            on_event boolean NOT NULL DEFAULT false,
            mended boolean NOT NULL DEFAULT false,
            sha256 bytea NOT NULL,
            PRIMARY KEY (stream, start_at)
        );
        CREATE INDEX segment_oldest ON segment (start_at);

        -- Files whose rows are gone and that are to be removed; a row stays until the file is.
        CREATE TABLE segment_doomed (
            path text PRIMARY KEY,
            bytes bigint NOT NULL,
            since timestamptz NOT NULL
        );

        -- A stream is to be recorded from since until until (null: until somebody ends it).
        CREATE TABLE recording_order (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            stream text NOT NULL,
            reason text NOT NULL,
            incident_id uuid,
            since timestamptz NOT NULL,
            until timestamptz,
            ended_at timestamptz
        );
        CREATE INDEX recording_order_now ON recording_order (stream) WHERE ended_at IS NULL;
        CREATE INDEX recording_order_incident ON recording_order (incident_id);
        CREATE INDEX recording_order_stream ON recording_order (stream, since);

        -- What an incident or a case needs is kept until keep_until, whatever the retention of its stream.
        CREATE TABLE recording_hold (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            stream text NOT NULL,
            incident_id uuid,
            case_number text,
            since timestamptz NOT NULL,
            until timestamptz,
            keep_until timestamptz NOT NULL
        );
        CREATE INDEX recording_hold_stream ON recording_hold (stream, since);
        CREATE INDEX recording_hold_incident ON recording_hold (incident_id);

        -- One row: how the recordings' disk is. analytics_shed: work that only helps is to wait.
        CREATE TABLE recording_disk (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            at timestamptz NOT NULL,
            free_share real NOT NULL,
            analytics_shed boolean NOT NULL,
            lowered_at timestamptz,
            lost_before timestamptz
        );

        -- sha256, bytes, manifest: null until made. fault: why it could not be.
        CREATE TABLE recording_export (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            stream text NOT NULL,
            camera_id uuid NOT NULL,
            asked_by uuid NOT NULL,
            asked_at timestamptz NOT NULL,
            purpose text NOT NULL,
            incident_id uuid,
            case_number text,
            since timestamptz NOT NULL,
            until timestamptz NOT NULL,
            unmasked boolean NOT NULL,
            made_at timestamptz,
            bytes bigint,
            sha256 bytea,
            manifest jsonb,
            fault text
        );
        CREATE INDEX recording_export_waiting ON recording_export (asked_at)
            WHERE made_at IS NULL AND fault IS NULL;
        CREATE INDEX recording_export_camera ON recording_export (camera_id, asked_at);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE recording_export, recording_disk, recording_hold, recording_order, segment_doomed, segment,
            recorded_stream;
        """
    )
