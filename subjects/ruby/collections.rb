# frozen_string_literal: true

require_relative "clock"

module Cowlab
  # The runtime's collections, as PROTOCOL.md lists them.
  #
  # Ruby counts its collections, and calls no program when one begins.  One that
  # was asked for is timed from outside; others, in requests, are counted
  # (`collections_more`), and nothing is said of when they were and how long
  # they took.  GC::Profiler would tell, but by the clock of the processor's
  # time, of which the monotonic one cannot be told.
  class Collections
    KEYS = { minor_collections: :minor_gc_count,
             full_collections: :major_gc_count }.freeze

    def initialize
      @before = counts
      @count = GC.count
    end

    # How many began since the last answer, and were not asked for.
    def answer
      before = @count
      @count = GC.count
      @count > before ? " collections_more=#{@count - before}" : ""
    end

    # Collects, and tells of it; the duration is added to the answer.
    def collect(full)
      majors = GC.stat(:major_gc_count)
      start = Cowlab.now
      GC.start(full_mark: full)
      duration = Cowlab.now - start
      # Ruby makes a young collection a full one where it thinks one is due.
      kind = GC.stat(:major_gc_count) > majors ? "full" : "minor"
      @count += 1
      "ns=#{duration} collections=#{kind}:#{start}:#{duration}:asked"
    end

    # How many of each kind there were since the beginning.
    def totals
      counts.to_h { |name, n| [name, n - @before[name]] }
    end

    private

    def counts
      KEYS.transform_values { |key| GC.stat(key) }
    end
  end
end
