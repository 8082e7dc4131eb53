# frozen_string_literal: true

module Cowlab
  # In ns of the monotonic clock.
  def self.now
    Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  end
end
