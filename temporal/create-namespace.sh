#!/bin/sh
# The namespace, with 30 days of retention (after it the links to the Web UI are dead), and the search attributes of jobs. Harmless to repeat.
set -eu
until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done
if temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update -n "$TEMPORAL_NAMESPACE" --retention 720h
else
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 720h
fi
# a namespace that was just made is not known everywhere at once
until temporal operator search-attribute list -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do sleep 1; done
known="$(temporal operator search-attribute list -n "$TEMPORAL_NAMESPACE")"
for attribute in JobStatus=Keyword Runbook=Keyword RequestedBy=Keyword NeedsApproval=Bool; do
  name="${attribute%%=*}"
  if ! printf '%s\n' "$known" | grep -qw "$name"; then
    temporal operator search-attribute create -n "$TEMPORAL_NAMESPACE" --name "$name" --type "${attribute##*=}"
  fi
done
