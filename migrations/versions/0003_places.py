"""Places: maps, districts, streets, crossroads, addresses, sites, closures.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE EXTENSION IF NOT EXISTS pg_trgm;

        -- Files of a map lie in <blobs>/maps/<id>/ and are complete before its row appears.
        CREATE TABLE map (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            name text NOT NULL,
            digest text NOT NULL,
            west float8 NOT NULL,
            south float8 NOT NULL,
            east float8 NOT NULL,
            north float8 NOT NULL,
            lon float8 NOT NULL,
            lat float8 NOT NULL,
            attribution text NOT NULL,
            counts jsonb NOT NULL,
            basemap bool NOT NULL,
            imported_at timestamptz NOT NULL,
            in_force bool NOT NULL
        );
        CREATE UNIQUE INDEX map_in_force ON map (region) WHERE in_force;

        -- Raised with every change of a region's map or closures: processes compare it with what they hold.
        CREATE TABLE places_version (
            region text PRIMARY KEY,
            version bigint NOT NULL
        );

        CREATE TABLE district (
            id uuid PRIMARY KEY,
            map_id uuid NOT NULL REFERENCES map ON DELETE CASCADE,
            name_kk text NOT NULL,
            name_ru text NOT NULL,
            name_en text NOT NULL,
            outline jsonb NOT NULL
        );
        CREATE INDEX district_map ON district (map_id);

        CREATE TABLE street (
            id uuid PRIMARY KEY,
            map_id uuid NOT NULL REFERENCES map ON DELETE CASCADE,
            name text NOT NULL,
            name_kk text NOT NULL,
            name_ru text NOT NULL,
            lon float8 NOT NULL,
            lat float8 NOT NULL,
            key text NOT NULL
        );
        CREATE INDEX street_map ON street (map_id);
        CREATE INDEX street_key ON street USING gin (key gin_trgm_ops);

        CREATE TABLE crossroad (
            id uuid PRIMARY KEY,
            map_id uuid NOT NULL REFERENCES map ON DELETE CASCADE,
            street_a uuid NOT NULL,
            street_b uuid NOT NULL,
            lon float8 NOT NULL,
            lat float8 NOT NULL,
            key text NOT NULL
        );
        CREATE INDEX crossroad_map ON crossroad (map_id, lat);
        CREATE INDEX crossroad_streets ON crossroad (street_a, street_b);
        CREATE INDEX crossroad_key ON crossroad USING gin (key gin_trgm_ops);

        CREATE TABLE address (
            id uuid PRIMARY KEY,
            map_id uuid NOT NULL REFERENCES map ON DELETE CASCADE,
            street_id uuid,
            street_name text NOT NULL,
            house text NOT NULL,
            lon float8 NOT NULL,
            lat float8 NOT NULL,
            key text NOT NULL,
            house_key text NOT NULL
        );
        CREATE INDEX address_map ON address (map_id, lat);
        CREATE INDEX address_street ON address (street_id, house_key);
        CREATE INDEX address_key ON address USING gin (key gin_trgm_ops);

        -- A site outlives its map: devices stand in it. map_id is the last map that had it; the ids are the
        -- same in every import of the region.
        CREATE TABLE site (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            map_id uuid NOT NULL,
            kind text NOT NULL,
            name_kk text NOT NULL,
            name_ru text NOT NULL,
            name_en text NOT NULL,
            lon float8 NOT NULL,
            lat float8 NOT NULL,
            address text NOT NULL,
            district_id uuid,
            district_kk text NOT NULL,
            district_ru text NOT NULL,
            district_en text NOT NULL,
            plan jsonb NOT NULL
        );
        CREATE INDEX site_map ON site (map_id, kind);

        CREATE TABLE closure (
            id uuid PRIMARY KEY,
            region text NOT NULL,
            factor float8 NOT NULL CHECK (factor >= 0 AND factor < 1),
            until timestamptz,
            note text NOT NULL,
            line jsonb,
            street_key text NOT NULL,
            street text NOT NULL,
            lon float8,
            lat float8,
            radius_m float8 NOT NULL,
            lines jsonb NOT NULL,
            set_by text NOT NULL,
            set_at timestamptz NOT NULL
        );
        CREATE INDEX closure_region ON closure (region);
        CREATE INDEX closure_until ON closure (until);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE closure, site, address, crossroad, street, district, places_version, map;
        """
    )
