# frozen_string_literal: true

require_relative "clock"
require_relative "collections"
require_relative "conversation"
require_relative "parameters"
require_relative "phases"
require_relative "random"
require_relative "schedule"

module Cowlab
  # A process that was forked from the template and serves requests.
  class Worker < Conversation
    FIRST_MAXIMUM = (1 << 32) - 1
    COUNT_MAXIMUM = 4096
    FULL = { "full" => true, "minor" => false }.freeze

    def initialize(index, workload, seed, phases)
      super("role=worker index=#{index}")
      @index = index
      @workload = workload
      @random = RandomNumbers.new(seed)
      @phases = phases
      @collections = Collections.new
      @replies = Word.new
      @requests = 0
      @phases.enter(PhaseLog::IDLE)
    end

    def do_serve(first, count, *schedule)
      first = Cowlab.number(first, 0, FIRST_MAXIMUM)
      count = Cowlab.number(count, 1, COUNT_MAXIMUM)
      due = Schedule.due_times(count, *schedule) if schedule.any?
      @phases.enter(PhaseLog::REQUEST)
      served = serve(first, count, due)
      @phases.enter(PhaseLog::IDLE)
      @requests += count
      "served #{served}#{@collections.answer}"
    end

    def do_collect(kind)
      full = FULL.fetch(kind) do
        raise ArgumentError, "Ruby has no '#{kind}' collection to ask for"
      end
      @phases.enter(PhaseLog::COLLECT)
      collected = @collections.collect(full)
      @phases.enter(PhaseLog::IDLE)
      "collected #{collected}"
    end

    def do_phases
      return "error nobody asked before the fork" unless @phases.on?

      "phases#{@phases.take}"
    end

    def do_check
      "checked graph=#{@workload.checksum} replies=#{@replies}"
    end

    def do_stats
      stats(requests: @requests, **@collections.totals)
    end

    private

    # due: when each of the requests is, or nil
    def serve(first, count, due)
      latencies = []
      responses = []
      start = before = now = Cowlab.now
      count.times do |i|
        if due && before < due[i]
          before = Schedule.wait_until(due[i])
          start = before if i.zero?
        end
        reply = @workload.request(first + i, @random.begin(@index, first + i))
        now = Cowlab.now
        latencies << now - before
        responses << now - due[i] if due
        @replies.mix_in(reply)
        before = Cowlab.now
      end
      answer = "ns=#{now - start} latency_ns=#{latencies.join(',')}"
      due ? "#{answer} response_ns=#{responses.join(',')}" : answer
    end
  end
end
