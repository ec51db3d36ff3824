-- Each row: law, right, zone, the office's calendar, extended, received, legal limit, target (seconds since 1970).
-- accepts: calendars by which the law counts free days; the first is used when the office's is not among them.
-- Gauss's way to Easter, in the form of 1816.
CREATE TABLE free AS WITH
gauss AS (
    SELECT y, y % 19 AS a, y % 4 AS b, y % 7 AS c,
        (15 + y / 100 - (13 + 8 * (y / 100)) / 25 - (y / 100) / 4) % 30 AS m, (4 + y / 100 - (y / 100) / 4) % 7 AS n
    FROM generate_series(2025, 2077) y
),
moon AS (SELECT *, (19 * a + m) % 30 AS d FROM gauss),
easter AS (
    SELECT y, CASE
        WHEN d = 29 AND (2 * b + 4 * c + 6 * d + n) % 7 = 6 THEN make_date(y, 4, 19)
        WHEN d = 28 AND (2 * b + 4 * c + 6 * d + n) % 7 = 6 AND a > 10 THEN make_date(y, 4, 18)
        ELSE make_date(y, 3, 22) + d + (2 * b + 4 * c + 6 * d + n) % 7 END AS sunday
    FROM moon
),
fixed (calendar, month, day) AS (VALUES
    ('DE', 1, 1), ('DE', 5, 1), ('DE', 10, 3), ('DE', 12, 25), ('DE', 12, 26),
    ('CN', 1, 1), ('CN', 5, 1), ('CN', 10, 1), ('CN', 10, 2), ('CN', 10, 3),
    ('US', 1, 1), ('US', 6, 19), ('US', 7, 4), ('US', 11, 11), ('US', 12, 25)
),
-- The n-th weekday (0 = Sunday) of a month; n = -1 is the last.
nth (calendar, month, weekday, n) AS (VALUES
    ('US', 1, 1, 3), ('US', 2, 1, 3), ('US', 5, 1, -1), ('US', 9, 1, 1), ('US', 10, 1, 2), ('US', 11, 4, 4),
    ('GB', 5, 1, 1), ('GB', 5, 1, -1), ('GB', 8, 1, -1)
)
SELECT 'DE' AS calendar, sunday + o AS day FROM easter, unnest(ARRAY[-2, 1, 39, 50]) o
UNION SELECT 'GB', sunday + o FROM easter, unnest(ARRAY[-2, 1]) o
UNION SELECT calendar, make_date(y, month, day) FROM fixed, easter
-- On a Saturday the day before is free for federal work, on a Sunday the day after.
UNION SELECT calendar, make_date(y, month, day) + CASE extract(dow FROM make_date(y, month, day)) WHEN 6 THEN -1 WHEN 0 THEN 1 ELSE 0 END
    FROM fixed, easter WHERE calendar = 'US'
UNION SELECT calendar, (SELECT d::date FROM generate_series(make_date(y, month, 1), make_date(y, month, 1) + interval '1 month - 1 day', interval '1 day') d
        WHERE extract(dow FROM d) = weekday ORDER BY CASE WHEN n < 0 THEN -extract(epoch FROM d) ELSE extract(epoch FROM d) END
        LIMIT 1 OFFSET CASE WHEN n < 0 THEN 0 ELSE n - 1 END)
    FROM nth, easter
-- Banking and Financial Dealings Act 1971, schedule 1: the next days that are not taken.
UNION SELECT 'GB', make_date(y, 1, 1) + CASE extract(dow FROM make_date(y, 1, 1)) WHEN 6 THEN 2 WHEN 0 THEN 1 ELSE 0 END FROM easter
UNION SELECT 'GB', make_date(y, 12, 25) + o + CASE WHEN extract(dow FROM make_date(y, 12, 25) + o) IN (6, 0) THEN 2 ELSE 0 END
    FROM easter, unnest(ARRAY[0, 1]) o;

CREATE TABLE counted AS
SELECT *, count(*) FILTER (WHERE works) OVER (PARTITION BY calendar ORDER BY day) AS n,
    min(day) FILTER (WHERE works) OVER (PARTITION BY calendar ORDER BY day ROWS BETWEEN CURRENT ROW AND 20 FOLLOWING) AS next
FROM (
SELECT c.calendar, d::date AS day, f.day IS NULL AND extract(isodow FROM d) < 6 AS works
FROM (VALUES ('none'), ('DE'), ('GB'), ('US'), ('CN')) c (calendar) CROSS JOIN generate_series(date '2025-12-01', date '2077-06-30', interval '1 day') d
LEFT JOIN free f ON f.calendar = c.calendar AND f.day = d::date
) working;
CREATE UNIQUE INDEX ON counted (calendar, day);
CREATE UNIQUE INDEX ON counted (calendar, n) WHERE works;
ANALYZE counted;

-- asked
WITH law (code, "right", accepts, rolls, months, days, working, xmonths, xdays, tdays, tworking) AS (VALUES
    ('eu-gdpr',    'access',      '{none,DE}'::text[], true,  1,  0,  0, 2,  0, 28,  0),
    ('eu-gdpr',    'deletion',    '{none,DE}',         true,  1,  0,  0, 2,  0, 28,  0),
    ('uk-gdpr',    'access',      '{GB}',              true,  1,  0,  0, 2,  0, 28,  0),
    ('uk-gdpr',    'complaint',   '{GB}',              true,  1,  0,  0, 2,  0, 28,  0),
    ('ch-fadp',    'access',      '{none}',            false, 0, 30,  0, 0,  0, 28,  0),
    ('us-ca-ccpa', 'access',      '{US}',              false, 0, 45,  0, 0, 45, 44,  0),
    ('us-ca-ccpa', 'objection',   '{US}',              false, 0,  0, 15, 0,  0,  0, 15),
    ('us-ca-ccpa', 'restriction', '{US}',              false, 0,  0, 15, 0,  0,  0, 15),
    ('us-ca-ccpa', 'unsubscribe', '{US}',              false, 0,  0, 10, 0,  0,  0, 10),
    ('us-state',   'correction',  '{US}',              false, 0, 45,  0, 0, 45, 44,  0),
    ('us-state',   'unsubscribe', '{US}',              false, 0,  0, 10, 0,  0,  0, 10),
    ('us-coppa',   'deletion',    '{US}',              false, 0, 30,  0, 0,  0,  2,  0),
    ('br-lgpd',    'access',      '{none}',            false, 0, 15,  0, 0,  0, 14,  0),
    ('ca-pipeda',  'access',      '{none}',            false, 0, 30,  0, 0, 30, 28,  0),
    ('ca-quebec',  'access',      '{none}',            false, 0, 30,  0, 0,  0, 28,  0),
    ('cn-pipl',    'access',      '{CN}',              false, 0, 30,  0, 0,  0,  0, 15),
    ('cn-pipl',    'deletion',    '{CN}',              false, 0,  0, 15, 0,  0,  0, 15),
    ('cn-pipl',    'complaint',   '{CN}',              false, 0,  0, 15, 0,  0,  0, 15),
    ('jp-appi',    'access',      '{none}',            false, 0, 30,  0, 0,  0, 14,  0),
    ('kr-pipa',    'access',      '{none}',            false, 0, 10,  0, 0,  0,  9,  0),
    ('tw-pdpa',    'access',      '{none}',            false, 0, 15,  0, 0, 15, 14,  0),
    ('tw-pdpa',    'deletion',    '{none}',            false, 0, 30,  0, 0, 30, 28,  0),
    ('tr-kvkk',    'access',      '{none}',            false, 0, 30,  0, 0,  0, 28,  0),
    ('in-dpdp',    'access',      '{none}',            false, 0, 90,  0, 0,  0, 28,  0),
    ('in-dpdp',    'complaint',   '{none}',            false, 1,  0,  0, 0,  0, 28,  0),
    ('au-privacy', 'access',      '{none}',            false, 0, 30,  0, 0,  0, 28,  0),
    ('unknown',    'access',      '{none}',            false, 0, 30,  0, 0,  0, 28,  0)
),
office (n, zone, calendar) AS (VALUES
    (0, 'Europe/Berlin', 'DE'), (1, 'Europe/London', 'GB'), (2, 'America/Los_Angeles', 'US'), (3, 'Asia/Shanghai', 'CN'), (4, 'UTC', 'none')
),
numbered AS (SELECT *, row_number() OVER (ORDER BY code, "right") AS number FROM law),
receipt AS (
    SELECT l.*, o.zone, o.calendar AS office, CASE WHEN o.calendar = ANY (l.accepts) THEN o.calendar ELSE l.accepts[1] END AS calendar, x AS extended,
        r AS received, (r AT TIME ZONE o.zone)::date AS day
    FROM numbered l
    CROSS JOIN unnest(CASE WHEN xmonths + xdays > 0 THEN ARRAY[false, true] ELSE ARRAY[false] END) x
    CROSS JOIN LATERAL generate_series(timestamptz '2026-01-01 03:17:00Z' + l.number * interval '1 day 7 hours', timestamptz '2076-01-01 00:00:00Z', interval '83 days 5 hours 11 minutes') r
    JOIN office o ON o.n = (extract(epoch FROM r)::bigint / 60) % 5
),
raw AS (
    SELECT r.*,
        CASE WHEN r.working > 0 THEN (SELECT w.day FROM counted w WHERE w.works AND w.calendar = r.calendar AND w.n = c.n + r.working)
            ELSE (r.day + make_interval(months => r.months + CASE WHEN extended THEN xmonths ELSE 0 END))::date + r.days + CASE WHEN extended THEN xdays ELSE 0 END END AS ends,
        CASE WHEN r.tworking > 0 THEN (SELECT w.day FROM counted w WHERE w.works AND w.calendar = 'none' AND w.n = p.n + r.tworking)
            ELSE (r.day + make_interval(months => CASE WHEN extended THEN xmonths ELSE 0 END))::date + r.tdays + CASE WHEN extended THEN xdays ELSE 0 END END AS aim
    FROM receipt r
    JOIN counted c ON c.calendar = r.calendar AND c.day = r.day
    JOIN counted p ON p.calendar = 'none' AND p.day = r.day
)
SELECT r.code, r."right", r.zone, r.office, r.extended, extract(epoch FROM r.received)::bigint,
    extract(epoch FROM ((CASE WHEN r.rolls THEN c.next ELSE r.ends END + 1)::timestamp AT TIME ZONE r.zone) - interval '1 second')::bigint,
    extract(epoch FROM ((least(r.aim, r.ends) + 1)::timestamp AT TIME ZONE r.zone) - interval '1 second')::bigint
FROM raw r JOIN counted c ON c.calendar = r.calendar AND c.day = r.ends
