-- Deduplication: the id of every delivery that was taken, in the transaction that stores what it brought.
-- SQLite and PostgreSQL take it as it stands.
CREATE TABLE IF NOT EXISTS seen_webhooks (
  source      TEXT      NOT NULL,                            -- which endpoint: ids are unique per sender
  id          TEXT      NOT NULL,
  received_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (source, id)
);

-- On arrival, in one transaction with the work (or with the row of a job that does it): a row comes back for a new
-- delivery and none for a repeat, which is answered with a success as well. Two that arrive at once cannot both be new.
INSERT INTO seen_webhooks (source, id) VALUES (:source, :id)
ON CONFLICT (source, id) DO NOTHING
RETURNING id;

-- Once a day. :forget_before lies 35 days back: longer than deliveries are kept and can be replayed (30 days), and than the retries
-- of the longest schedule, which take 33 hours, or up to 8 days where each answer asked for a day's rest with Retry-After.
DELETE FROM seen_webhooks WHERE received_at < :forget_before;
