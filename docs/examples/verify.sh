#!/bin/sh
# Verifies a delivery of any of Assay's profiles with sh and openssl: for CGI programs, and by hand.
#
#   WEBHOOK_SECRET=whsec_... sh verify.sh PROFILE HEADERS_FILE < body      # exit code: 0 trusted, 1 not
#
# HEADERS_FILE holds one "Name: value" a line. openssl takes the key on its command line, which other users of the
# machine can read while it runs: on a shared machine use one of the other examples.
set -eu
umask 077
profile=$1 headers=$2
body=$(mktemp) message=$(mktemp)
trap 'rm -f "$body" "$message"' EXIT
cat > "$body"

refuse() { echo "not trusted: $1" >&2; exit 1; }
header() { sed -n "s/^$1:[[:space:]]*//Ip" "$headers" | tr -d '\r' | head -n 1; }
hex_of() { od -An -v -tx1 | tr -d ' \n'; }
# Of standard input, under a key in hexadecimal.
mac() { openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -binary; }
text_key=$(printf %s "$WEBHOOK_SECRET" | hex_of)

must_be_fresh() {
  case $1 in '' | *[!0-9]*) refuse "the time is missing" ;; esac
  off=$(($(date +%s) - $1))
  [ "${off#-}" -le 300 ] || refuse "the time is too far off"
}
# $1: what was computed; the rest: what came. Compared as digests under a fresh key, so that the time it takes tells nothing.
must_match() {
  blind=$(openssl rand -hex 32)
  expected=$(printf %s "$1" | mac "$blind" | hex_of)
  shift
  for given in "$@"; do
    [ "$(printf %s "$given" | mac "$blind" | hex_of)" = "$expected" ] && return 0
  done
  refuse "no signature matches"
}
# object_id and timestamp, one behind the other, from the front of a body: what stands in `data` cannot pass for them.
object_stamp() { sed -n '1s/^{"object":"event","object_id":\([0-9]*\),"timestamp":"\([0-9]*\)".*/\1\2/p' "$body"; }

case $profile in
  resell-scan)
    signature=$(header X-Webhook-Signature)
    time=$(printf %s "$signature" | tr , '\n' | sed -n 's/^t=//p' | head -n 1)
    must_be_fresh "$time"
    { printf %s. "$time"; cat "$body"; } > "$message"
    must_match "$(mac "$text_key" < "$message" | hex_of)" $(printf %s "$signature" | tr , '\n' | sed -n 's/^v1=//p')
    ;;
  reusely) # the rest of the body is not signed
    must_match "$(printf %s "$(object_stamp)" | mac "$text_key" | hex_of)" "$(header Authorization)"
    ;;
  sellapp) must_match "$(mac "$text_key" < "$body" | hex_of)" "$(header signature)" ;;
  resilientlink) must_match "$WEBHOOK_SECRET" "$(header X-ResilientLink-Signature)" ;; # nothing is signed
  ztrace)
    time=$(header X-Ztrace-Timestamp)
    must_be_fresh "$time"
    { printf %s. "$time"; cat "$body"; } > "$message"
    must_match "sha256=$(mac "$text_key" < "$message" | hex_of)" "$(header X-Ztrace-Signature)"
    ;;
  standard-webhooks | cloudevents)
    time=$(header webhook-timestamp)
    must_be_fresh "$time"
    { printf %s.%s. "$(header webhook-id)" "$time"; cat "$body"; } > "$message"
    key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | hex_of)
    must_match "v1,$(mac "$key" < "$message" | openssl base64 -A)" $(header webhook-signature)
    ;;
  github) must_match "sha256=$(mac "$text_key" < "$body" | hex_of)" "$(header X-Hub-Signature-256)" ;;
  *) echo "verify.sh: no profile $profile" >&2; exit 2 ;;
esac
