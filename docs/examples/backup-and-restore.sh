#!/bin/sh
# Takes a backup of a namespace, or restores the newest one, with nothing but curl.
#
#   TIDEMARK_SERVER=https://backup-1:8443 TIDEMARK_TOKEN_FILE=/etc/tidemark/token NAMESPACE=orders \
#       sh backup-and-restore.sh backup
#
# Ends with 0 when the order has succeeded. The token is read from a file, and is in no argument: others see arguments.
set -eu

order=${1:?say backup or restore}
api=$TIDEMARK_SERVER/api/v1/namespaces/$NAMESPACE

ask() {
    printf 'header = "Authorization: Bearer %s"\n' "$(cat "$TIDEMARK_TOKEN_FILE")" | curl --config - --silent --show-error "$@"
}

# The value of a field that has one of the words of its type; in the order of docs/http-api.rst the first one is the order's.
field() {
    sed -n "s/.*\"$1\":\"\\{0,1\\}\\([A-Za-z0-9_-]*\\).*/\\1/p" | head -n 1
}

# The same key again is the same order: whoever loses the answer can ask again.
key=$order-$(date +%Y%m%d%H%M%S)-$$
answer=$(ask --request POST --header "Content-Type: application/json" --header "Idempotency-Key: $key" \
    --data '{}' "$api/orders/$order" | tr ',' '\n')
id=$(printf '%s\n' "$answer" | field id)
if [ -z "$id" ]; then
    printf '%s: refused\n%s\n' "$order" "$answer" >&2
    exit 1
fi

# Each request waits for up to 20 s for the order to get further.
state=QUEUED
revision=0
while [ "$state" = QUEUED ] || [ "$state" = RUNNING ]; do
    answer=$(ask "$api/orders/$id?waitMillis=20000&afterRevision=$revision" | tr ',' '\n')
    state=$(printf '%s\n' "$answer" | field state)
    revision=$(printf '%s\n' "$answer" | field revision)
done

printf '%s: %s\n' "$order" "$state"
if [ "$state" != SUCCEEDED ]; then
    printf '%s\n' "$answer" >&2
    exit 1
fi
