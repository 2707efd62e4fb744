#!/bin/bash
# Grades one lab on a Slurm cluster. Printed by:  openexperts deploy slurm LAB > grade.sh
# Start it with:                                  sbatch grade.sh
# Ended too early (time, a lost node)? Start it again: it goes on from where it stopped.
# Arguments go to `openexperts grade`, as in:     sbatch grade.sh --again --student ada
#
#SBATCH --job-name=openexperts-grade
#SBATCH --ntasks=${workers}
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4G
#SBATCH --time=02:00:00
#SBATCH --output=openexperts-grade-%j.log
set -eu
cd ${root}  # the course's folder, which every node must see under this name
export PATH="$PWD/.venv/bin:$PATH" OMP_NUM_THREADS=1

# Whoever reaches a dask scheduler can run code on it. Other people share this cluster's network, so all talk is
# encrypted, and only who has the key of this run, in a folder of yours alone, is listened to.
umask 077
mkdir -p classroom
PRIVATE=$(mktemp -d "$PWD/classroom/.dask-XXXXXX")
openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=openexperts \
    -keyout "$PRIVATE/key.pem" -out "$PRIVATE/cert.pem" 2>/dev/null
export DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=True DASK_DISTRIBUTED__COMM__TLS__CA_FILE="$PRIVATE/cert.pem"
for WHO in SCHEDULER WORKER CLIENT; do
    export "DASK_DISTRIBUTED__COMM__TLS__$WHO""__CERT=$PRIVATE/cert.pem"
    export "DASK_DISTRIBUTED__COMM__TLS__$WHO""__KEY=$PRIVATE/key.pem"
done

dask scheduler --protocol tls --port 0 --no-dashboard --scheduler-file "$PRIVATE/scheduler.json" &
SCHEDULER=$!
# One worker a task. Each asks first whether submissions can be shut in on its node, and does not start where not.
srun --overlap bash -c 'python -P -m openexperts.grading.sandbox && exec dask worker \
    --scheduler-file "$0/scheduler.json" --nthreads 1 --memory-limit 0 --no-dashboard' "$PRIVATE" &
WORKERS=$!
trap 'kill $WORKERS $SCHEDULER 2>/dev/null || true; wait; rm -rf "$PRIVATE"' EXIT
until [ -s "$PRIVATE/scheduler.json" ]; do
    kill -0 $SCHEDULER  # else there is nothing to wait for
    sleep 1
done
ADDRESS=$(python -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' "$PRIVATE/scheduler.json")
openexperts grade ${lab} --scheduler "$ADDRESS" "$@"
