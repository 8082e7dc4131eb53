# frozen_string_literal: true

require_relative "word"

module Cowlab
  # splitmix64, the same numbers in every subject (PROTOCOL.md, "Checksums").
  class RandomNumbers
    LOAD = 1 << 31 # stands for worker and request while the template loads
    STEP = Word.new(0x9e3779b97f4a7c15).freeze

    def initialize(seed)
      @seed = Cowlab.mix(seed)
      @state = Word.new
      @drawn = Word.new
    end

    # Begins anew, for one request of one worker.
    def begin(worker, request)
      @state.set((worker << 32) + request + 1).mix.xor(@seed)
      self
    end

    # The next number, as a Word that the one after it overwrites.
    def draw
      @drawn.mix_from(@state.add(STEP))
    end

    # The next number modulo a divisor.
    def below(divisor)
      draw % divisor
    end
  end
end
