# frozen_string_literal: true

module Cowlab
  # The workloads, a file each, which have the names, parameters, replies and
  # checksums of their namesakes in C (workloads/ beside subjects/).
  #
  # A file has a class with ABOUT and PARAMETERS, which is made with the
  # settings and the random numbers of the load; it has request(number, random),
  # which returns a reply, and checksum, a Word.
  module Workloads
    NAMES = %w[largeobject read-mostly session-cache make-objects
               strings-10m].freeze

    # The class of a workload; only the one that is asked for is there.
    def self.find(name)
      NAMES.include?(name) or
        raise ArgumentError,
              "the workloads of this subject are #{NAMES.join(', ')}"
      require_relative "workloads/#{name.tr('-', '_')}"
      const_get(name.split("-").map(&:capitalize).join)
    end
  end
end
