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

-- Once a day. Longer than the longest schedule of retries (a day) and than you would replay (results are kept 30 days).
DELETE FROM seen_webhooks WHERE received_at < :forget_before;
