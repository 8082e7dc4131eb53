# frozen_string_literal: true

require_relative "clock"

module Cowlab
  # What a worker does when (PROTOCOL.md, "Phases").
  #
  # Ruby tells no program when a collection begins, so that of those in requests
  # nothing is logged: they are part of `request`.
  #
  # The log lies in memory of its own that the template never touches: a worker
  # has a page more for 512 phases, and breaks none for them.
  class PhaseLog
    NAMES = %w[idle start request collect].freeze
    IDLE, START, REQUEST, COLLECT = *0...NAMES.length
    LISTED = 16_384
    BYTES = 8 # of a record: the time, and the phase in its lowest two bits

    # The methods of IO::Buffer, which Ruby has since 3.1, and renamed in 3.2.
    RENAMED = defined?(IO::Buffer) && IO::Buffer.method_defined?(:set_value)
    GET, SET = RENAMED ? %i[get_value set_value] : %i[get set]

    # Memory for a worker's log, asked for in the template.
    def self.make_room
      defined?(IO::Buffer) or
        raise NotImplementedError, "phases need Ruby 3.1 or later"
      Warning[:experimental] = false # as IO::Buffer is
      IO::Buffer.new(LISTED * BYTES, IO::Buffer::MAPPED)
    end

    # memory: nil where nobody asked
    def initialize(memory)
      @memory = memory
      @count = @more = 0
    end

    def on?
      !@memory.nil?
    end

    def enter(phase, time = Cowlab.now)
      return unless on?
      return @more += 1 if @count == LISTED

      @memory.public_send(SET, :s64, @count * BYTES, time << 2 | phase)
      @count += 1
    end

    # The phases since the last time.
    def take
      starts = Array.new(@count) do |i|
        record = @memory.public_send(GET, :s64, i * BYTES)
        " #{NAMES[record & 3]}=#{record >> 2}"
      end
      starts << " more=#{@more}" if @more.positive?
      @count = @more = 0
      starts.join
    end
  end
end
