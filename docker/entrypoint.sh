#!/bin/sh
# What the image runs: web (default), worker, beat, migrate, or any management command: manage check --deploy
set -eu
cd /app
role=${1:-web}
[ $# -eq 0 ] || shift
case "$role" in
web)
    # Each process keeps its own pool; and up to nine for the live socket: WEB_PROCESSES x (DATABASE_POOL_SIZE + 9)
    # connections have to fit PostgreSQL's limit.
    export DATABASE_POOL_SIZE="${DATABASE_POOL_SIZE:-8}"
    # Some addresses are a right by themselves (links in e-mails, calendars), so no log of addresses is kept here.
    exec uvicorn diaspora_net.asgi:application --host 0.0.0.0 --port 8000 \
        --workers "${WEB_PROCESSES:-2}" --lifespan off --timeout-graceful-shutdown 20 \
        --ws messaging.realtime.protocol:LiveProtocol --ws-max-size 16384 --ws-per-message-deflate false \
        --no-server-header --no-access-log \
        --proxy-headers --forwarded-allow-ips "${TRUSTED_PROXIES:-127.0.0.1}" "$@"
    ;;
worker)
    exec celery --app diaspora_net.celery worker --concurrency "${WORKER_PROCESSES:-2}" --loglevel INFO "$@"
    ;;
beat)
    # Exactly one may run. The file only remembers when each sweep last ran; losing it runs them once more.
    exec celery --app diaspora_net.celery beat --scheduler docker.health.WatchedScheduler \
        --schedule /data/beat --pidfile= --loglevel INFO "$@"
    ;;
migrate)
    exec python manage.py migrate --noinput "$@"
    ;;
manage)
    exec python manage.py "$@"
    ;;
health)
    exec python docker/health.py "$@"
    ;;
*)
    echo "Unknown role '$role': use web, worker, beat, migrate, manage or health" >&2
    exit 64
    ;;
esac
