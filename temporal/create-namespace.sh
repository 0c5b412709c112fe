#!/bin/sh
# The namespace, with 30 days of retention: after it the links to the Web UI are dead.
set -eu
until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done
if temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update -n "$TEMPORAL_NAMESPACE" --retention 720h
else
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 720h
fi
