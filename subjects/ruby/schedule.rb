# frozen_string_literal: true

require_relative "clock"
require_relative "parameters"

module Cowlab
  # When requests are due (PROTOCOL.md, "To a worker").
  module Schedule
    TIME_MAXIMUM = (1 << 60) - 1

    # In ns of the monotonic clock, for each of the requests.
    def self.due_times(count, at, start, how, text)
      start = Cowlab.number(start, 0, TIME_MAXIMUM)
      case [at, how]
      when %w[at every]
        interval = Cowlab.number(text, 0, TIME_MAXIMUM)
        Array.new(count) { |i| start + i * interval }
      when %w[at plus]
        offsets = text.split(",", -1).map do |item|
          Cowlab.number(item, 0, TIME_MAXIMUM)
        end
        offsets.length == count && offsets == offsets.sort or
          raise ArgumentError, "expected #{count} numbers that do not fall"
        offsets.map { |offset| start + offset }
      else
        raise ArgumentError, "expected at T every NS, or at T plus NS,NS,..."
      end
    end

    # Returns the time, which is not before.
    def self.wait_until(due)
      now = Cowlab.now
      while now < due
        sleep((due - now) / 1e9)
        now = Cowlab.now
      end
      now
    end
  end
end
