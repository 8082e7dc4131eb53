# frozen_string_literal: true

# Puma's configuration: what is to hold for every run, and what it calls before
# and after it forks.

require_relative "held"

IDLE = 1_000_000 # seconds: nobody is to wake while nothing is asked

environment "none"
rackup File.expand_path("config.ru", __dir__)
preload_app!
silence_single_worker_warning
threads 1, 1
worker_check_interval IDLE
worker_timeout 2 * IDLE
persistent_timeout IDLE
before_fork { Cowlab::Held.hold }
on_worker_boot { Cowlab::Held.begin_worker }
