# frozen_string_literal: true

# Unicorn's configuration: what it is to do in every run, and what it calls
# before and after it forks.

require_relative "held"

preload_app true
timeout 1_000_000 # seconds: nobody is to wake while nothing is asked
listen ENV.fetch("COWLAB_LISTEN")
worker_processes Integer(ENV.fetch("COWLAB_WORKERS"))
before_fork { |_server, _worker| Cowlab::Held.hold }
after_fork { |_server, _worker| Cowlab::Held.begin_worker }
