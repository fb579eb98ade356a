"""Verifies a delivery of any of Assay's profiles with Python's standard library; copy the function of yours.

Each takes the raw body (bytes), the headers (any mapping whose get() ignores case) and the secret, and raises ValueError
when the delivery is not to be trusted. What it returns is the id to deduplicate by.
"""
import base64
import hashlib
import hmac
import json
import time

TOLERANCE_SECONDS = 300


def mac(key, message):
    return hmac.new(key if isinstance(key, bytes) else key.encode(), message, hashlib.sha256)


def must_match(expected, *given):
    """In constant time; any one of the given will do."""
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in given if one):
        raise ValueError("no signature matches")


def must_be_fresh(seconds):
    if not (seconds or "").isdigit() or abs(time.time() - int(seconds)) > TOLERANCE_SECONDS:
        raise ValueError("the time is missing or too far off")


def resell_scan(raw, headers, secret):
    parts = [part.partition("=") for part in headers.get("X-Webhook-Signature", "").split(",")]
    timestamp = next((value for name, _, value in parts if name == "t"), None)
    must_be_fresh(timestamp)
    # During a rotation there are two signatures.
    must_match(mac(secret, timestamp.encode() + b"." + raw).hexdigest(), *(value for name, _, value in parts if name == "v1"))
    return json.loads(raw)["id"]


def reusely(raw, headers, secret):
    event = json.loads(raw)  # all but object_id and timestamp is not signed
    must_match(mac(secret, f"{event['object_id']}{event['timestamp']}".encode()).hexdigest(), headers.get("Authorization"))
    return str(event["object_id"])


def sellapp(raw, headers, secret):
    must_match(mac(secret, raw).hexdigest(), headers.get("signature"))
    return headers.get("X-Assay-Event-Id")


def resilientlink(raw, headers, secret):
    must_match(secret, headers.get("X-ResilientLink-Signature"))  # nothing is signed
    event = json.loads(raw)
    return f"{event['timestamp']} {event['data'].get('url', event['event'])}"


def ztrace(raw, headers, secret):
    timestamp = headers.get("X-Ztrace-Timestamp")
    must_be_fresh(timestamp)
    must_match("sha256=" + mac(secret, timestamp.encode() + b"." + raw).hexdigest(), headers.get("X-Ztrace-Signature"))
    return headers.get("X-Assay-Event-Id")


def standard_webhooks(raw, headers, secret):
    identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp")
    must_be_fresh(timestamp)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = mac(key, f"{identifier}.{timestamp}.".encode() + raw).digest()
    must_match("v1," + base64.b64encode(digest).decode(), *headers.get("webhook-signature", "").split(" "))
    return identifier


def github(raw, headers, secret):
    must_match("sha256=" + mac(secret, raw).hexdigest(), headers.get("X-Hub-Signature-256"))
    return headers.get("X-Assay-Delivery")


VERIFIERS = {
    "resell-scan": resell_scan,
    "reusely": reusely,
    "sellapp": sellapp,
    "resilientlink": resilientlink,
    "ztrace": ztrace,
    "standard-webhooks": standard_webhooks,
    "cloudevents": standard_webhooks,
    "github": github,
}
