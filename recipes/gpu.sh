#!/usr/bin/env bash
# Ten minutes of a GPU, in one command: checks its speed for 30 s, then trains the window painter's next stage.
#
#   recipes/gpu.sh PACK NETWORKS OUT [MINUTES] [START]
#
# PACK      made by: python -m recipes.gpu pack --store runs/windows --pack PACK   (below 28 MB)
# NETWORKS  folder with the networks that judge (lpips_squeeze.pt, features_mobilenetv2_pyramid.pt)
# OUT       the run; the same command goes on from its newest snapshot. Carry back OUT/painter and OUT/compact.pt.
# MINUTES   for everything, default 10; the last 30 s are kept for saving
# START     a painter, or the run of one, to begin with
# In the environment: PYTHON, MIEN_GPU_ARGUMENTS (for "train", such as "--batch 128"), MIEN_GPU_CHECK (seconds).
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
pack=$1 networks=$2 out=$3 minutes=${4:-10} start=${5:-}
python=${PYTHON:-python} seconds=${MIEN_GPU_CHECK:-30}
begun=$(date +%s)
cd "$(dirname "$0")/.."
export PYTHONPATH=$PWD/src:$PWD${PYTHONPATH:+:$PYTHONPATH}
mkdir -p "$out"

timeout 120 "$python" -m recipes.gpu check --seconds "$seconds" ${MIEN_GPU_PRESET:+--preset "$MIEN_GPU_PRESET"} \
    | tee "$out/check.json" || echo "the check failed; training goes on"

watch=
if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits -l 2 > "$out/busy.txt" & watch=$!
    trap 'kill "$watch" 2>/dev/null || true' EXIT
fi
left=$("$python" -c "print(max(0.05, $minutes - ($(date +%s) - $begun + 30) / 60))")
# shellcheck disable=SC2086  # several words are meant
timeout --signal=INT --kill-after=60 "$("$python" -c "print(int($left * 60 + 90))")" \
    "$python" -m recipes.gpu train --pack "$pack" --weights "$networks" --out "$out" --minutes "$left" \
    ${start:+--start "$start"} ${MIEN_GPU_ARGUMENTS:-}
if [ -n "$watch" ]; then
    awk '{ sum += $1 } END { if (NR) printf "GPU busy: %.0f %% of the time, drawing of windows included\n", sum / NR }' "$out/busy.txt"
fi
